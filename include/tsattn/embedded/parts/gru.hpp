#ifndef TSATTN_EMBEDDED_PARTS_GRU_HPP
#define TSATTN_EMBEDDED_PARTS_GRU_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/hidden_state.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// Where a GRU applies its reset gate: to W_hn h_{t-1} + b_hn, or to h_{t-1} before that product.
enum class GruReset { after_product, before_product };

/// r, z = sigmoid(W_x x_t + W_h h_{t-1} + b);  h_t = (1 - z) n + z h_{t-1}, with
///   after_product:  n = tanh(W_xn x_t + b_n + r (W_hn h_{t-1} + b_hn))
///   before_product: n = tanh(W_xn x_t + b_n + W_hn (r h_{t-1}))
template <size_t F, size_t H, GruReset kReset = GruReset::after_product>
struct Gru {
  static_assert(F > 0 && H > 0, "Gru<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Sums = parts::Panels<H, 4, 3, F, H>;  // starts of r | z | W_x x in n | W_h h in n, weights r | z | n
  static constexpr size_t kWeightCount = Sums::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Sums::kPadding>;
  struct State {
    parts::Hidden<Sums::kPaddedUnits, Sums::kIsOneBlock> h;
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Gru", F, H);
  }

  static void reset(State& state) noexcept { state.h.reset(); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float *h_old = state.h.old_values(), *h_new = state.h.new_values();
    Sums::run(weights.values, x, h_old, state.h.is_second_step(), [&](auto lanes, auto packs, size_t unit, auto& sums) {
      constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
      for (size_t pack = 0; pack < packs.value; ++pack) {
        const size_t at = unit + pack * kW;
        const Floats<kW> r = sigmoid<kW>(sums[0][pack]), z = sigmoid<kW>(sums[1][pack]);
        const Floats<kW> n = parts::tanh<kW>(fma<kW>(r, sums[3][pack], sums[2][pack]));
        store<kW>(h_new + at, fma<kW>(1.0F - z, n, z * load<kW>(h_old + at)));  // exact for z = 0 and 1
      }
    });
    return state.h.turn();
  }
};

template <size_t F, size_t H>
struct Gru<F, H, GruReset::before_product> {
  static_assert(F > 0 && H > 0, "Gru<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Gates = parts::Panels<H, 2, 2, F, H>;       // r | z of all units, then
  using Candidates = parts::Panels<H, 1, 1, F, H>;  // n
  static constexpr size_t kWeightCount = Gates::kCount + Candidates::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Gates::kPadding>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float h[Gates::kPaddedUnits];
    float reset_h[Gates::kPaddedUnits], z[Gates::kPaddedUnits];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Gru", F, H, "GruReset::before_product");
  }

  static void reset(State& state) noexcept { parts::fill(state.h, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    Gates::run(weights.values, x, state.h, false, [&](auto lanes, auto packs, size_t unit, auto& sums) {
      constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
      for (size_t pack = 0; pack < packs.value; ++pack) {
        const size_t at = unit + pack * kW;
        store<kW>(state.reset_h + at, sigmoid<kW>(sums[0][pack]) * load<kW>(state.h + at));
        store<kW>(state.z + at, sigmoid<kW>(sums[1][pack]));
      }
    });
    Candidates::run(
        weights.values + Gates::kCount, x, state.reset_h, true, [&](auto lanes, auto packs, size_t unit, auto& sums) {
          constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
          for (size_t pack = 0; pack < packs.value; ++pack) {
            const size_t at = unit + pack * kW;
            const Floats<kW> n = parts::tanh<kW>(sums[0][pack]), z = load<kW>(state.z + at);
            store<kW>(state.h + at, fma<kW>(1.0F - z, n, z * load<kW>(state.h + at)));  // exact for z = 0 and 1
          }
        });
    return state.h;
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
