#ifndef TSATTN_EMBEDDED_PARTS_ACTIVATION_HPP
#define TSATTN_EMBEDDED_PARTS_ACTIVATION_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

struct TanhFunction {
  static constexpr const char* kName = "Tanh";
  template <size_t W>
  static TSATTN_EMBEDDED_INLINE parts::Floats<W> apply(parts::Floats<W> x) {
    return parts::tanh<W>(x);
  }
};
struct SigmoidFunction {
  static constexpr const char* kName = "Sigmoid";
  template <size_t W>
  static TSATTN_EMBEDDED_INLINE parts::Floats<W> apply(parts::Floats<W> x) {
    return parts::sigmoid<W>(x);
  }
};
struct ReluFunction {
  static constexpr const char* kName = "Relu";
  template <size_t W>
  static TSATTN_EMBEDDED_INLINE parts::Floats<W> apply(parts::Floats<W> x) {
    const parts::Floats<W> zero{};
    return zero > x ? zero : x;  // NaN for NaN
  }
};

/// y = f(x), element by element: Tanh<F>, Sigmoid<F>, Relu<F>.
template <size_t F, class Function>
struct Activation {
  static_assert(F > 0, "an activation of at least 1 feature");
  static constexpr size_t kInputs = F, kOutputs = F;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  static constexpr size_t kWeightCount = 0;
  using Weights = parts::NoWeights;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float y[F];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text(Function::kName, F);
  }

  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights&, State& state, const float* x) noexcept {
    using namespace parts;
    for_packs<F>([&](auto lanes, size_t i) {
      store<lanes.value>(state.y + i, Function::template apply<lanes.value>(load<lanes.value>(x + i)));
    });
    return state.y;
  }
};
template <size_t F>
using Tanh = Activation<F, TanhFunction>;
template <size_t F>
using Sigmoid = Activation<F, SigmoidFunction>;
template <size_t F>
using Relu = Activation<F, ReluFunction>;

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
