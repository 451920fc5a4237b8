#pragma once

#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/options.hpp>
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
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>

namespace tsattn::test {

/// Calls visit(description, input shapes) for every description of the library with every value of every option, on
/// inputs of several steps and samples, the sizes all different: T = 4, B = 3, F = 5, H = 7. This is the one list of
/// the layers that the tests know: what every layer owes is tested from it.
template <class Visit>
void for_each_description(const Visit& visit) {
  using Shapes = std::vector<SequenceShape>;
  const SequenceShape x{4, 3, 5}, h{1, 3, 7}, c = h;
  for (const bool bias : {true, false}) visit(Dense{.units = 7, .bias = bias}, Shapes{x});
  for (const auto& [name, function] : EnumNames<ActivationFunction>::kNames) visit(Activation{function}, Shapes{x});
  for (const auto& [returns_name, returns] : EnumNames<Returns>::kNames)
    for (const auto& [bias_name, bias] : EnumNames<RecurrentBias>::kNames) {
      const Rnn rnn{.units = 7, .returns = returns, .bias = bias};
      visit(rnn, Shapes{x}), visit(rnn, Shapes{x, h});
      visit(Bidirectional{rnn}, Shapes{x}), visit(Bidirectional{rnn}, Shapes{x, h, h});
      const Lstm lstm{.units = 7, .returns = returns, .bias = bias};
      visit(lstm, Shapes{x}), visit(lstm, Shapes{x, h, c});
      visit(Bidirectional{lstm}, Shapes{x}), visit(Bidirectional{lstm}, Shapes{x, h, c, h, c});
      for (const auto& [reset_name, reset] : EnumNames<GruReset>::kNames) {
        const Gru gru{.units = 7, .reset = reset, .returns = returns, .bias = bias};
        visit(gru, Shapes{x}), visit(gru, Shapes{x, h});
        visit(Bidirectional{gru}, Shapes{x}), visit(Bidirectional{gru}, Shapes{x, h, h});
      }
    }
  for (const auto& [score_name, score] : EnumNames<Score>::kNames)
    for (const auto& [mask_name, mask] : EnumNames<AttentionMask>::kNames)
      for (const Index units : {0, 9}) {
        const Index query = score == Score::dot || score == Score::scaled_dot ? 6 : 5;  // as the keys, where it must
        const Attention attention{.score = score, .mask = mask, .units = units};
        visit(attention, Shapes{{mask == AttentionMask::causal ? 4 : 3, 2, query}, {4, 2, 6}, {4, 2, 7}});
        if (mask == AttentionMask::none) visit(attention, Shapes{{1, 2, query}, {4, 2, 6}, {4, 2, 7}});
      }
  for (const auto& [score_name, score] : EnumNames<PoolingScore>::kNames)
    for (const Index units : {0, 7}) visit(AttentionPooling{.score = score, .units = units}, Shapes{x});
  for (const bool shared : {true, false}) visit(Dropout{.rate = 0.25, .shared_over_time = shared}, Shapes{x});
  for (const bool gain : {true, false})
    for (const bool bias : {true, false}) visit(LayerNorm{.epsilon = 0.01, .gain = gain, .bias = bias}, Shapes{x});
  visit(LastStep{}, Shapes{x});
  visit(Segments{.width = 2}, Shapes{x});
  visit(Add{}, Shapes{x, x, x});
  visit(Concatenate{}, Shapes{x, {4, 3, 2}, {4, 3, 1}});
}

/// "gru of 2: units=7 reset=after_product ...": the kind, the number of inputs and the options.
template <class Description>
std::string name_of_case(const Description& description, const std::vector<SequenceShape>& shapes) {
  std::ostringstream name;
  name << Description::kKind << " of " << shapes.size() << ':';
  for (const Option& option : options_of(description))
    std::visit([&](const auto& value) { name << ' ' << option.name << '=' << value; }, option.value);
  return name.str();
}

}  // namespace tsattn::test
