#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>

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

/// Calls visit(LayerCase) for the three recurrent layers with every option: T = 4, B = 3, F = 5, H = 7.
template <class S, class Visit>
void for_each_recurrent_case(const Visit& visit) {
  const std::vector<SequenceShape> x{{4, 3, 5}}, x_h{{4, 3, 5}, {1, 3, 7}}, x_h_c{{4, 3, 5}, {1, 3, 7}, {1, 3, 7}};
  for (const Returns returns : {Returns::all_steps, Returns::last_step}) {
    const std::string suffix = ", " + std::string(name_of(returns));
    visit_layer_case<S>("Rnn" + suffix, Rnn{.units = 7, .returns = returns}, x, visit);
    visit_layer_case<S>("Rnn with h_0" + suffix, Rnn{.units = 7, .returns = returns}, x_h, visit);
    visit_layer_case<S>("Lstm" + suffix, Lstm{.units = 7, .returns = returns}, x, visit);
    visit_layer_case<S>("Lstm with h_0, c_0" + suffix, Lstm{.units = 7, .returns = returns}, x_h_c, visit);
    for (const GruReset reset : {GruReset::after_product, GruReset::before_product}) {
      const Gru gru{.units = 7, .reset = reset, .returns = returns};
      visit_layer_case<S>("Gru " + std::string(name_of(reset)) + suffix, gru, x, visit);
      visit_layer_case<S>("Gru with h_0 " + std::string(name_of(reset)) + suffix, gru, x_h, visit);
    }
    for (const RecurrentBias bias : {RecurrentBias::none, RecurrentBias::two}) {
      const std::string biases = ", bias " + std::string(name_of(bias)) + suffix;
      visit_layer_case<S>("Rnn" + biases, Rnn{.units = 7, .returns = returns, .bias = bias}, x, visit);
      visit_layer_case<S>("Lstm" + biases, Lstm{.units = 7, .returns = returns, .bias = bias}, x, visit);
      for (const GruReset reset : {GruReset::after_product, GruReset::before_product}) {
        const Gru gru{.units = 7, .reset = reset, .returns = returns, .bias = bias};
        visit_layer_case<S>("Gru " + std::string(name_of(reset)) + biases, gru, x, visit);
      }
    }
  }
}

/// Calls visit(LayerCase) for the three recurrent layers in both directions with every option; sizes as above.
template <class S, class Visit>
void for_each_bidirectional_case(const Visit& visit) {
  const SequenceShape x{4, 3, 5}, h{1, 3, 7}, c = h;
  for (const Returns returns : {Returns::all_steps, Returns::last_step}) {
    const std::string suffix = ", " + std::string(name_of(returns));
    const Bidirectional rnn{Rnn{.units = 7, .returns = returns}};
    visit_layer_case<S>("Bidirectional Rnn" + suffix, rnn, {x}, visit);
    visit_layer_case<S>("Bidirectional Rnn with h_0" + suffix, rnn, {x, h, h}, visit);
    const Bidirectional lstm{Lstm{.units = 7, .returns = returns}};
    visit_layer_case<S>("Bidirectional Lstm" + suffix, lstm, {x}, visit);
    visit_layer_case<S>("Bidirectional Lstm with h_0, c_0" + suffix, lstm, {x, h, c, h, c}, visit);
    for (const GruReset reset : {GruReset::after_product, GruReset::before_product}) {
      const Bidirectional gru{Gru{.units = 7, .reset = reset, .returns = returns}};
      visit_layer_case<S>("Bidirectional Gru " + std::string(name_of(reset)) + suffix, gru, {x}, visit);
      visit_layer_case<S>("Bidirectional Gru with h_0 " + std::string(name_of(reset)) + suffix, gru, {x, h, h}, visit);
    }
  }
}

/// Calls visit(LayerCase) for attention with every score, without a mask (all sizes different), with the causal mask,
/// and asked by one step only.
template <class S, class Visit>
void for_each_attention_case(const Visit& visit) {
  for (const Score score : {Score::dot, Score::scaled_dot, Score::general, Score::additive}) {
    const Index query = score == Score::dot || score == Score::scaled_dot ? 6 : 5;  // as the keys, where it must
    const std::string name = "Attention " + std::string(name_of(score));
    const Attention unmasked{.score = score, .units = 9};
    const Attention causal{.score = score, .mask = AttentionMask::causal, .units = 9};
    visit_layer_case<S>(name, unmasked, {{3, 2, query}, {4, 2, 6}, {4, 2, 7}}, visit);
    visit_layer_case<S>(name + ", causal", causal, {{4, 2, query}, {4, 2, 6}, {4, 2, 7}}, visit);
    visit_layer_case<S>(name + ", one query", unmasked, {{1, 2, query}, {4, 2, 6}, {4, 2, 7}}, visit);
  }
}

/// Calls visit(LayerCase) for every layer of the library with every option.
template <class S, class Visit>
void for_each_layer_case(const Visit& visit) {
  const SequenceShape x{4, 3, 5};
  visit_layer_case<S>("Dense", Dense{.units = 7}, {x}, visit);
  visit_layer_case<S>("Dense without bias", Dense{.units = 7, .bias = false}, {x}, visit);
  for (const auto& [name, function] : EnumNames<ActivationFunction>::kNames)
    visit_layer_case<S>("Activation " + std::string(name), Activation{function}, {x}, visit);
  for (const bool gain : {true, false})
    for (const bool bias : {true, false}) {
      const std::string weights = std::string(gain ? ", gain" : "") + (bias ? ", bias" : "");
      visit_layer_case<S>("LayerNorm" + weights, LayerNorm{.epsilon = 0.01, .gain = gain, .bias = bias}, {x}, visit);
    }
  for_each_recurrent_case<S>(visit);
  for_each_bidirectional_case<S>(visit);
  for_each_attention_case<S>(visit);
  visit_layer_case<S>("AttentionPooling linear", AttentionPooling{}, {x}, visit);
  visit_layer_case<S>("AttentionPooling tanh", AttentionPooling{.score = PoolingScore::tanh, .units = 7}, {x}, visit);
  visit_layer_case<S>("LastStep", LastStep{}, {x}, visit);
  visit_layer_case<S>("Segments", Segments{.width = 2}, {x}, visit);
  // With another rate two calls are not alike; dropout_test.cpp has what it owes then.
  visit_layer_case<S>("Dropout of nothing", Dropout{.rate = 0}, {x}, visit);
  visit_layer_case<S>("Add", Add{}, {x, x, x}, visit);
  visit_layer_case<S>("Concatenate", Concatenate{}, {x, {4, 3, 2}, {4, 3, 1}}, visit);
}

}  // namespace tsattn::test
