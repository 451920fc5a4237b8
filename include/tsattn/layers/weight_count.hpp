#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/layer.hpp>

/// How many weights a layer will have, known before there is memory for them, so that no file can ask for more than it
/// holds. The description of a layer with weights declares it by a member
///   SaturatedCount weight_count(const InputSizes& inputs) const { return inputs.features(0) * units + units; }
/// Without it a layer can be built and trained, but not saved.
namespace tsattn {

/// The sizes of what will flow into a layer; whether they fit it is not known yet.
class InputSizes {
 public:
  explicit InputSizes(std::span<const SampleShape> inputs) : inputs_(inputs) {}

  /// Returns the features of input `i`; 0 if there is no such input.
  SaturatedCount features(std::size_t i) const { return i < inputs_.size() ? inputs_[i].features : 0; }
  /// Returns the steps of input `i`; 0 if there is no such input, or its time is not fixed.
  SaturatedCount time(std::size_t i) const {
    return i < inputs_.size() && inputs_[i].time != kAnyTime ? inputs_[i].time : 0;
  }

 private:
  std::span<const SampleShape> inputs_;
};

template <class Description>
concept DeclaresWeightCount = requires(const Description& description, const InputSizes& inputs) {
  { description.weight_count(inputs) } -> std::same_as<SaturatedCount>;
};

/// The number of weights of the layer that `description` builds on these inputs; none if it does not declare it.
template <class S, LayerDescription<S> Description>
std::optional<SaturatedCount> weight_count_of(const Description& description, std::span<const SampleShape> inputs) {
  using Built = decltype(description.template build<S>(std::declval<const BuildContext&>()));
  if constexpr (DeclaresWeightCount<Description>) {
    return description.weight_count(InputSizes(inputs));
  } else if constexpr (std::is_same_v<typename Built::Parameters, NoParameters>) {
    return SaturatedCount(0);
  } else {
    return std::nullopt;
  }
}

}  // namespace tsattn
