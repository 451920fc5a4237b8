#ifndef TSATTN_EMBEDDED_PARTS_LAYER_HPP
#define TSATTN_EMBEDDED_PARTS_LAYER_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/target.hpp>

// A layer is a type with its sizes as template arguments, Lstm<F, H>. Letters as in docs/notation.md: F features, H
// hidden units, U units, D features of what is pooled, A attention units. Each has
//
//   kInputs, kOutputs, kWeightCount     sizes; kWeightCount of the numbers in Weights are the model's
//   kReadsSeries, kEndsSeries           whether it wants every step of a series, and whether it gives one step for all
//   Weights, State                      structs; Weights has an array `values`, or is empty
//   type_name(text)                     returns text("Lstm", F, H): the type as it is written, for loaders to compare
//   reset(state)                        zeroes the state
//   step(weights, state, x)             returns where its outputs are: in the state, until the next step

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

template <size_t N>
TSATTN_EMBEDDED_INLINE void fill(float (&values)[N], float value) {
  for (size_t i = 0; i < N; ++i) values[i] = value;
}

template <size_t kCount>
struct WeightsOf {
  alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float values[static_cast<size_t>(kCount)];
};
struct NoWeights {};

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
