#ifndef TSATTN_EMBEDDED_PARTS_LSTM_HPP
#define TSATTN_EMBEDDED_PARTS_LSTM_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/hidden_state.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// i, f, o = sigmoid(a), g = tanh(a) with a = W_x x_t + W_h h_{t-1} + b;  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t).
template <size_t F, size_t H>
struct Lstm {
  static_assert(F > 0 && H > 0, "Lstm<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Sums = parts::Panels<H, 4, 4, F, H>;  // i | f | g | o
  static constexpr size_t kWeightCount = Sums::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Sums::kPadding>;
  struct State {
    parts::Hidden<Sums::kPaddedUnits, Sums::kIsOneBlock> h;
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float c[Sums::kPaddedUnits];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Lstm", F, H);
  }

  static void reset(State& state) noexcept {
    state.h.reset();
    parts::fill(state.c, 0.0F);
  }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float* h_new = state.h.new_values();
    Sums::run(weights.values, x, state.h.old_values(), state.h.is_second_step(),
              [&](auto lanes, auto packs, size_t unit, auto& sums) {
                constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
                for (size_t pack = 0; pack < packs.value; ++pack) {
                  float* c_at = state.c + unit + pack * kW;
                  const Floats<kW> f = sigmoid<kW>(sums[1][pack]), i = sigmoid<kW>(sums[0][pack]);
                  const Floats<kW> g_i = parts::tanh<kW>(sums[2][pack]) * i, o = sigmoid<kW>(sums[3][pack]);
                  const Floats<kW> c = fma<kW>(f, load<kW>(c_at), g_i);
                  store<kW>(c_at, c);
                  store<kW>(h_new + unit + pack * kW, scaled_tanh<kW, 1>(c, o));
                }
              });
    return state.h.turn();
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
