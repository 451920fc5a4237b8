#include "model_choice.hpp"

#include <algorithm>

#include <tsattn/tsattn.hpp>

namespace examples {

namespace ts = tsattn;

namespace {

/// Without attention behind it, the last of two directions gives their final states: its last step has read one step.
template <class Layer>
void add_recurrent(ts::Sequential<float>& model, const ModelChoice& choice, bool is_last) {
  Layer layer{.units = choice.hidden, .recurrent_dropout = choice.recurrent_dropout};
  if (!choice.bidirectional) {
    model.add(layer);
    return;
  }
  if (is_last && !choice.has_attention()) layer.returns = ts::Returns::last_step;
  model.add(ts::Bidirectional{layer});
}

}  // namespace

std::string ModelChoice::title() const {
  const std::string name = bidirectional ? "bidirectional " + model : model;
  return has_attention() && attention != "pooling" ? name + " (" + attention + ')' : name;
}

void add_model_options(CLI::App& app, ModelChoice& choice) {
  const CLI::Range any_count(ts::Index{1}, ts::Index{1'000'000});
  app.add_option("--model", choice.model, "recurrent layers, with or without attention over their steps")
      ->check(CLI::IsMember({"rnn", "lstm", "gru", "attention-rnn", "attention-lstm", "attention-gru"}));
  app.add_option(
         "--attention", choice.attention,
         "pooling and pooling-tanh: a learned score for every step; dot, scaled_dot, general, additive: asked by "
         "the last step")
      ->check(CLI::IsMember({"pooling", "pooling-tanh", "dot", "scaled_dot", "general", "additive"}));
  app.add_option("--hidden", choice.hidden, "units of every recurrent layer")->check(any_count);
  app.add_option("--layers", choice.layers, "recurrent layers, one above the other")->check(CLI::Range(1, 16));
  app.add_option("--segment", choice.segment, "so many steps are put side by side and become one")->check(any_count);
  app.add_option("--dropout", choice.dropout, "share of the values between layers that training leaves out")
      ->check(CLI::Range(0.0, 0.95));
  app.add_option("--recurrent-dropout", choice.recurrent_dropout,
                 "share of the states of a recurrent layer that training hides from its next step")
      ->check(CLI::Range(0.0, 0.95));
  app.add_flag("--bidirectional,!--one-direction", choice.bidirectional,
               "every recurrent layer reads the steps in both directions");
}

ts::Sequential<float> build_model(const ModelChoice& choice, ts::Index lookback, ts::Index features, ts::Index outputs,
                                  std::uint64_t seed) {
  ts::Sequential<float> model(ts::SampleShape{.time = lookback, .features = features}, seed);
  if (choice.segment > 1) {
    model.add(ts::Segments{.width = choice.segment}).add(ts::Dense{choice.hidden});
    model.add(ts::Activation{ts::ActivationFunction::relu});
  }
  const std::string cell =
      choice.has_attention() ? choice.model.substr(std::string("attention-").size()) : choice.model;
  for (ts::Index i = 0; i < choice.layers; ++i) {
    if (i > 0 && choice.dropout > 0) model.add(ts::Dropout{.rate = choice.dropout, .shared_over_time = true});
    if (cell == "rnn") add_recurrent<ts::Rnn>(model, choice, i + 1 == choice.layers);
    if (cell == "lstm") add_recurrent<ts::Lstm>(model, choice, i + 1 == choice.layers);
    if (cell == "gru") add_recurrent<ts::Gru>(model, choice, i + 1 == choice.layers);
  }
  if (!choice.has_attention()) {
    if (!choice.bidirectional) model.add(ts::LastStep{});
  } else if (choice.attention == "pooling") {
    model.add(ts::AttentionPooling{.name = "attention"});
  } else if (choice.attention == "pooling-tanh") {
    model.add(ts::AttentionPooling{.score = ts::PoolingScore::tanh, .name = "attention"});
  } else {
    model.add(ts::LastStepAttention{.score = ts::from_name<ts::Score>(choice.attention), .name = "attention"});
  }
  if (choice.dropout > 0) model.add(ts::Dropout{.rate = choice.dropout});
  model.add(ts::Dense{outputs});
  return model;
}

bool has_attention(const ts::Graph<float>& model) {
  return std::any_of(model.nodes().begin(), model.nodes().end(),
                     [](const auto& node) { return node.name == "attention"; });
}

}  // namespace examples
