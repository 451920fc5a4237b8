// Every kernel, in the order of what needs what. Included once for each instruction set, after its primitives.
// (The empty comments keep the formatter from sorting.)

#include <tsattn/kernels/simd/pack.inl>
//
#include <tsattn/kernels/simd/math.inl>
//
#include <tsattn/kernels/simd/tile.inl>
//
#include <tsattn/kernels/simd/lanes.inl>
//
#include <tsattn/kernels/product/simd.inl>
//
#include <tsattn/kernels/recurrent/simd.inl>
//
#include <tsattn/kernels/dense/simd.inl>
//
#include <tsattn/kernels/rnn/simd.inl>
//
#include <tsattn/kernels/lstm/simd.inl>
//
#include <tsattn/kernels/gru/simd.inl>
//
#include <tsattn/kernels/activation/simd.inl>
//
#include <tsattn/kernels/softmax/simd.inl>
//
#include <tsattn/kernels/attention/simd.inl>
//
#include <tsattn/kernels/sums/simd.inl>
//
#include <tsattn/kernels/finite/simd.inl>
//
#include <tsattn/kernels/adam/simd.inl>
//
#include <tsattn/kernels/rms_prop/simd.inl>
//
#include <tsattn/kernels/sgd/simd.inl>
