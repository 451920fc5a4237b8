#ifndef TSATTN_EMBEDDED_PARTS_DENSE_HPP
#define TSATTN_EMBEDDED_PARTS_DENSE_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/format.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// y = W x + b.
template <size_t F, size_t U>
struct Dense {
  static_assert(F > 0 && U > 0, "Dense<F, U>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = U;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  using Columns = parts::Panels<U, 1, 1, F, 0>;
  /// Few units are as many dot products, b | row 0 of W | row 1 | ...; the others are summed by Panels.
  static constexpr bool kByRows = U < kFewestUnitsOfPanels;
  static constexpr size_t kWeightCount = U * (1 + F);
  using Weights = parts::WeightsOf<kWeightCount + (kByRows ? 0 : Columns::kPadding)>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float y[kByRows ? U : Columns::kPaddedUnits];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Dense", F, U);
  }

  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    const float* w = weights.values;
    if constexpr (kByRows) {
      for (size_t unit = 0; unit < U; ++unit) state.y[unit] = w[unit] + dot<F>(w + U + unit * F, x);
    } else {
      Columns::run(w, x, x, false, [&](auto lanes, auto packs, size_t unit, auto& sums) {
#pragma GCC unroll 16
        for (size_t pack = 0; pack < packs.value; ++pack)
          store<lanes.value>(state.y + unit + pack * lanes.value, sums[0][pack]);
      });
    }
    return state.y;
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
