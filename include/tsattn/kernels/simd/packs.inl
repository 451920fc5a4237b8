// In the order of what needs what; the empty comments keep the formatter from sorting.

#include TSATTN_SIMD_PRIMITIVES
//
#include <tsattn/kernels/simd/pack.inl>
//
#include <tsattn/kernels/simd/math.inl>
//
#include <tsattn/kernels/simd/tile.inl>
//
#include <tsattn/kernels/simd/lanes.inl>
//
#include <tsattn/kernels/simd/map.inl>
//
#include <tsattn/kernels/simd/panels.inl>
