#ifndef TSATTN_EMBEDDED_PARTS_MODEL_HPP
#define TSATTN_EMBEDDED_PARTS_MODEL_HPP

#include <stddef.h>
#include <stdint.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// One value for each layer, the first layer's first; written {lstm, {pooling, {dense}}}.
template <class First, class... Rest>
struct Chain {
  First first;
  Chain<Rest...> rest;
};
template <class Last>
struct Chain<Last> {
  Last first;
};

namespace parts {

/// What step and reset do to the layers from one on.
template <class... Layers>
struct Run;
template <class Last>
struct Run<Last> {
  static constexpr size_t kInputs = Last::kInputs, kOutputs = Last::kOutputs, kWeightCount = Last::kWeightCount;
  static constexpr bool kReadsSeries = Last::kReadsSeries, kFits = true, kHasSeries = true;
  static TSATTN_EMBEDDED_INLINE void reset(Chain<typename Last::State>& states) { Last::reset(states.first); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Chain<typename Last::Weights>& weights,
                                                  Chain<typename Last::State>& states, const float* x) {
    return Last::step(weights.first, states.first, x);
  }
};
template <class First, class Second, class... Rest>
struct Run<First, Second, Rest...> {
  using Next = Run<Second, Rest...>;
  static constexpr size_t kInputs = First::kInputs, kOutputs = Next::kOutputs;
  static constexpr size_t kWeightCount = First::kWeightCount + Next::kWeightCount;
  static constexpr bool kReadsSeries = First::kReadsSeries || Next::kReadsSeries;
  static constexpr bool kFits = First::kOutputs == Second::kInputs && Next::kFits;
  static constexpr bool kHasSeries = !(First::kEndsSeries && Next::kReadsSeries) && Next::kHasSeries;
  template <class States>
  static TSATTN_EMBEDDED_INLINE void reset(States& states) {
    First::reset(states.first);
    Next::reset(states.rest);
  }
  template <class Weights, class States>
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, States& states, const float* x) {
    return Next::step(weights.rest, states.rest, First::step(weights.first, states.first, x));
  }
};

/// Whether none of the numbers is infinite or NaN, by the bits of their exponents: with -ffast-math a compiler takes
/// x == x for true.
template <size_t N>
TSATTN_EMBEDDED_INLINE bool are_finite(const float* x) {
  constexpr uint32_t kExponent = 0x7F800000U;
  uint32_t found = 0;
  for (size_t i = 0; i < N; ++i) found |= static_cast<uint32_t>((same_bits<uint32_t>(x[i]) & kExponent) == kExponent);
  return found == 0;
}

}  // namespace parts

/// A model, one step at a time. It holds the state of one series, in itself (sizeof tells how much), and refers to its
/// weights, which are not changed: they may lie in read-only memory, and many models may share them. Copies go on from
/// the same state.
template <class... Layers>
class Model {
  using Run = parts::Run<Layers...>;
  static_assert(sizeof...(Layers) > 0, "a model of at least one layer");
  static_assert(Run::kFits, "every layer has as many inputs as the layer before it has outputs");
  static_assert(Run::kHasSeries, "behind AttentionPooling there is one step: no recurrent layer or pooling");

 public:
  static constexpr size_t kInputs = Run::kInputs;
  static constexpr size_t kOutputs = Run::kOutputs;
  static constexpr size_t kWeightCount = Run::kWeightCount;  ///< numbers, without what fills up the last vector

  using Weights = Chain<typename Layers::Weights...>;

  /// `weights` must live as long as the model.
  explicit Model(const Weights& weights) noexcept : weights_(&weights) { reset(); }
  explicit Model(const Weights&&) = delete;

  /// Before the first step of another series.
  void reset() noexcept {
    Run::reset(states_);
    is_broken_ = false;
  }

  /// One time step: x [kInputs] -> y [kOutputs], which may overlap. After a NaN or infinity in x, y is NaN until reset.
  void step(const float* x, float* y) noexcept {
    if (!parts::are_finite<kInputs>(x)) is_broken_ = true;
    if (is_broken_) {
      for (size_t i = 0; i < kOutputs; ++i) y[i] = parts::same_bits<float>(uint32_t{0x7FC00000U});
      return;
    }
    const float* outputs = Run::step(*weights_, states_, x);
    for (size_t i = 0; i < kOutputs; ++i) y[i] = outputs[i];
  }

 private:
  const Weights* weights_;
  Chain<typename Layers::State...> states_;
  bool is_broken_;
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
