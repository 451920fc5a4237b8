#ifndef TSATTN_EMBEDDED_PARTS_ATTENTION_POOLING_HPP
#define TSATTN_EMBEDDED_PARTS_ATTENTION_POOLING_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// The score of a step in AttentionPooling: v . h, or v . tanh(W h + b). (A bias beside the first would change
/// nothing.)
enum class PoolingScore { linear, tanh };

/// One weighted mean of the last L steps of its input, or of all since reset while there are fewer: the softmax of
/// their scores is the weight. Takes the same time at every step. A is of the tanh score.
template <size_t D, size_t L, PoolingScore kScore = PoolingScore::linear, size_t A = 0>
struct AttentionPooling {
  static_assert(D > 0 && L > 0 && (kScore == PoolingScore::linear) == (A == 0),
                "AttentionPooling<D, L> or AttentionPooling<D, L, PoolingScore::tanh, A>: sizes of at least 1");
  static constexpr size_t kInputs = D, kOutputs = D, kSteps = L;
  static constexpr bool kReadsSeries = true, kEndsSeries = true;
  using Keys = parts::Panels<A, 1, 1, D, 0>;
  static constexpr size_t kWeightCount =
      kScore == PoolingScore::linear ? D : A + Keys::kCount;  // v, then W h + b by Panels
  using Weights = parts::WeightsOf<kWeightCount + (kScore == PoolingScore::linear ? 0 : Keys::kPadding)>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float steps[L][D];
    float scores[L], weights[L], y[D];
    float keys[Keys::kPaddedUnits + 1];
    size_t next;
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    if constexpr (kScore == PoolingScore::linear) {
      return text("AttentionPooling", D, L);
    } else {
      return text("AttentionPooling", D, L, "PoolingScore::tanh", A);
    }
  }

  static void reset(State& state) noexcept {
    for (auto& step : state.steps) parts::fill(step, 0.0F);
    parts::fill(state.scores, kNoStep);
    state.next = 0;
  }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float* slot = state.steps[state.next];
    for_packs<D>([&](auto lanes, size_t i) { store<lanes.value>(slot + i, load<lanes.value>(x + i)); });
    state.scores[state.next] = score(weights.values, state, x);
    state.next = state.next + 1 == L ? 0 : state.next + 1;

    float largest = state.scores[0], total = 0;
    for (size_t i = 1; i < L; ++i) largest = state.scores[i] > largest ? state.scores[i] : largest;
    for_packs<L>([&](auto lanes, size_t i) {
      constexpr size_t kW = lanes.value;
      const Floats<kW> weight = exp_of_negative<kW>(load<kW>(state.scores + i) - largest);
      store<kW>(state.weights + i, weight);
      total += sum<kW>(weight);
    });
    for_packs<D>([&](auto lanes, size_t i) {
      constexpr size_t kW = lanes.value;
      Floats<kW> mean{};
      for (size_t s = 0; s < L; ++s) mean = fma<kW>(set<kW>(state.weights[s]), load<kW>(state.steps[s] + i), mean);
      store<kW>(state.y + i, mean / total);
    });
    return state.y;
  }

 private:
  static constexpr float kNoStep = -3.0e38F;  // its weight is e^-87 of the largest, and its step is 0

  static TSATTN_EMBEDDED_INLINE float score(const float* weights, State& state, const float* x) {
    using namespace parts;
    if constexpr (kScore == PoolingScore::linear) {
      return dot<D>(weights, x);
    } else {
      Keys::run(weights + A, x, x, false, [&](auto lanes, auto packs, size_t unit, auto& sums) {
#pragma GCC unroll 16
        for (size_t pack = 0; pack < packs.value; ++pack)
          store<lanes.value>(state.keys + unit + pack * lanes.value, parts::tanh<lanes.value>(sums[0][pack]));
      });
      return dot<A>(weights, state.keys);
    }
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
