#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/layers/layer.hpp>

namespace tsattn::test {

/// The arguments of a layer's call from a list of values.
template <class S>
class Arguments {
 public:
  explicit Arguments(const std::vector<Sequence<S>>& values) {
    for (const Sequence<S>& value : values) pointers_.push_back(&value);
  }
  operator Inputs<S>() const { return std::span<const Sequence<S>* const>(pointers_); }

 private:
  std::vector<const Sequence<S>*> pointers_;
};

/// The shape of what `layer` gives out for those inputs, by its own account.
template <Layer L>
SequenceShape output_shape(const L& layer, const std::vector<Sequence<typename L::Scalar>>& inputs) {
  std::vector<SampleShape> shapes;
  for (const auto& input : inputs) shapes.push_back(input.shape().sample());
  const SampleShape shape = layer.output_shape(shapes);
  return {shape.time, inputs[0].batch(), shape.features};
}

/// What one forward and backward of a layer gave.
template <Layer L>
struct LayerCall {
  using S = typename L::Scalar;

  Sequence<S> y;
  typename L::Parameters gradients;
  std::vector<Sequence<S>> d_inputs;  // empty where declined
};

/// Runs `layer` forward and backward; `wanted` says which input gradients are asked for, none at all if it is empty.
template <Layer L>
LayerCall<L> call_layer(const L& layer, const std::vector<Sequence<typename L::Scalar>>& inputs,
                        const Sequence<typename L::Scalar>& dy, typename L::Cache& cache,
                        const std::vector<bool>& wanted) {
  using S = typename L::Scalar;
  const Arguments<S> arguments(inputs);
  LayerCall<L> call{{}, layer.parameters(), std::vector<Sequence<S>>(inputs.size())};
  set_zero(call.gradients);
  std::vector<Sequence<S>*> d_inputs;
  for (std::size_t i = 0; i < wanted.size(); ++i) d_inputs.push_back(wanted[i] ? &call.d_inputs[i] : nullptr);
  layer.forward(arguments, call.y, cache);
  layer.backward(arguments, call.y, dy, cache, call.gradients, std::span<Sequence<S>* const>(d_inputs));
  return call;
}

/// The same with a cache of its own and all input gradients.
template <Layer L>
LayerCall<L> call_layer(const L& layer, const std::vector<Sequence<typename L::Scalar>>& inputs,
                        const Sequence<typename L::Scalar>& dy) {
  typename L::Cache cache;
  return call_layer(layer, inputs, dy, cache, std::vector<bool>(inputs.size(), true));
}

}  // namespace tsattn::test
