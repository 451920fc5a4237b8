#ifndef TSATTN_EMBEDDED_PARTS_LAYER_NORM_HPP
#define TSATTN_EMBEDDED_PARTS_LAYER_NORM_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/square_root.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// y = g * (x - mean of x) / sqrt(variance of x + e) + b, over the F features of a step.
template <size_t F>
struct LayerNorm {
  static_assert(F > 0, "LayerNorm<F>: at least 1 feature");
  static constexpr size_t kInputs = F, kOutputs = F;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  /// g | b | e
  static constexpr size_t kWeightCount = 2 * F + 1;
  using Weights = parts::WeightsOf<kWeightCount>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float y[F];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("LayerNorm", F);
  }

  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    const float* gain = weights.values;
    const float* bias = gain + F;
    const float epsilon = bias[F];
    constexpr float kCount = static_cast<float>(F);
    float total = 0;
    for (size_t i = 0; i < F; ++i) total += x[i];
    const float mean = total / kCount;
    for_packs<F>([&](auto lanes, size_t i) {
      store<lanes.value>(state.y + i, load<lanes.value>(x + i) - set<lanes.value>(mean));
    });
    const float scale = 1.0F / square_root(dot<F>(state.y, state.y) / kCount + epsilon);
    for_packs<F>([&](auto lanes, size_t i) {
      constexpr size_t kLanes = lanes.value;
      const Floats<kLanes> normalised = set<kLanes>(scale) * load<kLanes>(state.y + i);
      store<kLanes>(state.y + i, fma<kLanes>(load<kLanes>(gain + i), normalised, load<kLanes>(bias + i)));
    });
    return state.y;
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
