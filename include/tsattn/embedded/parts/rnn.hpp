#ifndef TSATTN_EMBEDDED_PARTS_RNN_HPP
#define TSATTN_EMBEDDED_PARTS_RNN_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/hidden_state.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// h_t = tanh(W_x x_t + W_h h_{t-1} + b).
template <size_t F, size_t H>
struct Rnn {
  static_assert(F > 0 && H > 0, "Rnn<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Sums = parts::Panels<H, 1, 1, F, H>;
  static constexpr size_t kWeightCount = Sums::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Sums::kPadding>;
  struct State {
    parts::Hidden<Sums::kPaddedUnits, Sums::kIsOneBlock> h;
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Rnn", F, H);
  }

  static void reset(State& state) noexcept { state.h.reset(); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float* h_new = state.h.new_values();
    Sums::run(weights.values, x, state.h.old_values(), state.h.is_second_step(),
              [&](auto lanes, auto packs, size_t unit, auto& sums) {
#pragma GCC unroll 16
                for (size_t pack = 0; pack < packs.value; ++pack)
                  store<lanes.value>(h_new + unit + pack * lanes.value, parts::tanh<lanes.value>(sums[0][pack]));
              });
    return state.h.turn();
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
