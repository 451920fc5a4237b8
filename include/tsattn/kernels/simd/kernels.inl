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
#include <tsattn/kernels/simd/product.inl>
//
#include <tsattn/kernels/simd/recurrent.inl>
//
#include <tsattn/kernels/simd/dense.inl>
//
#include <tsattn/kernels/simd/rnn.inl>
//
#include <tsattn/kernels/simd/lstm.inl>
//
#include <tsattn/kernels/simd/gru.inl>
//
#include <tsattn/kernels/simd/activation.inl>
//
#include <tsattn/kernels/simd/softmax.inl>
//
#include <tsattn/kernels/simd/attention.inl>
//
#include <tsattn/kernels/simd/sums.inl>
//
#include <tsattn/kernels/simd/finite.inl>
//
#include <tsattn/kernels/simd/adam.inl>
//
#include <tsattn/kernels/simd/rms_prop.inl>
//
#include <tsattn/kernels/simd/sgd.inl>
