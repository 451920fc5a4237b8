#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>

#include "support/descriptions.hpp"
#include "support/random_values.hpp"

namespace tsattn::test {

/// A layer with random weights and inputs for it.
template <Layer L>
struct LayerCase {
  using S = typename L::Scalar;

  std::string name;
  L layer;
  std::vector<Sequence<S>> inputs;

  /// The same inputs with other values, for `batch` samples.
  std::vector<Sequence<S>> inputs_of_batch(Index batch, std::uint64_t seed) const {
    Random random(seed);
    std::vector<Sequence<S>> other;
    for (const Sequence<S>& input : inputs)
      other.push_back(random_sequence<S>({input.time(), batch, input.features()}, random));
    return other;
  }
};

/// Calls visit(LayerCase) with the described layer on inputs of those shapes.
template <class S, class Description, class Visit>
void visit_layer_case(const std::string& name, const Description& description, const std::vector<SequenceShape>& shapes,
                      const Visit& visit) {
  Random random(1);
  std::vector<SampleShape> samples;
  std::vector<Sequence<S>> inputs;
  for (const SequenceShape& shape : shapes) {
    samples.push_back(shape.sample());
    inputs.push_back(random_sequence<S>(shape, random));
  }
  auto layer = description.template build<S>(BuildContext{name, samples, random});
  randomize(layer.parameters(), random);  // biases too, which start at 0 otherwise
  visit(LayerCase<decltype(layer)>{name, std::move(layer), std::move(inputs)});
}

/// Calls visit(LayerCase) for every described layer that `Wanted` (a list of descriptions) has, or for every layer if
/// it has none.
template <class S, class... Wanted, class Visit>
void for_each_layer_case(const Visit& visit) {
  for_each_description(
      [&]<class Description>(const Description& description, const std::vector<SequenceShape>& shapes) {
        constexpr bool is_wanted = sizeof...(Wanted) == 0 || (std::same_as<Description, Wanted> || ...);
        if constexpr (is_wanted && std::same_as<Description, Dropout>) {
          // With another rate two calls are not alike; dropout_test.cpp has what it owes then.
          Dropout nothing = description;
          nothing.rate = 0;
          visit_layer_case<S>(name_of_case(nothing, shapes), nothing, shapes, visit);
        } else if constexpr (is_wanted) {
          visit_layer_case<S>(name_of_case(description, shapes), description, shapes, visit);
        }
      });
}

/// The same for the three recurrent layers: T = 4, B = 3, F = 5, H = 7.
template <class S, class Visit>
void for_each_recurrent_case(const Visit& visit) {
  for_each_layer_case<S, Rnn, Lstm, Gru>(visit);
}

/// The same for the three recurrent layers in both directions.
template <class S, class Visit>
void for_each_bidirectional_case(const Visit& visit) {
  for_each_layer_case<S, Bidirectional<Rnn>, Bidirectional<Lstm>, Bidirectional<Gru>>(visit);
}

/// The same for attention: without a mask, with the causal mask, and asked by one step only.
template <class S, class Visit>
void for_each_attention_case(const Visit& visit) {
  for_each_layer_case<S, Attention>(visit);
}

}  // namespace tsattn::test
