#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

#include <tsattn/model/sequential.hpp>

namespace examples {

/// A recurrent model as it is chosen on the command line.
struct ModelChoice {
  std::string model = "attention-lstm";  ///< rnn, lstm, gru, or attention- and one of them
  std::string attention = "pooling";     ///< how attention scores the steps, if the model has it
  tsattn::Index hidden = 32;             ///< units of every recurrent layer
  tsattn::Index layers = 1;              ///< recurrent layers, one above the other
  tsattn::Index segment = 1;             ///< steps that are put side by side before them
  double dropout = 0;                    ///< before every layer with weights but the first
  double recurrent_dropout = 0;          ///< of the states of every recurrent layer
  bool bidirectional = false;            ///< whether every recurrent layer reads in both directions

  bool has_attention() const { return model.rfind("attention-", 0) == 0; }
  /// For titles and tables: "attention-lstm", "attention-lstm (additive)",
  /// "bidirectional gru".
  std::string title() const;
};

/// The options --model, --attention, --hidden, --layers, --segment, --dropout, --recurrent-dropout and
/// --bidirectional, with what `choice` holds as default.
void add_model_options(CLI::App& app, ModelChoice& choice);

/// [time=lookback, features] -> [time=1, outputs]:
///   segments and a dense layer if segment > 1, the recurrent layers, attention (the layer "attention") or the last
///   step, and a dense layer
tsattn::Sequential<float> build_model(const ModelChoice& choice, tsattn::Index lookback, tsattn::Index features,
                                      tsattn::Index outputs, std::uint64_t seed);

/// Whether there is a layer "attention".
bool has_attention(const tsattn::Graph<float>& model);

}  // namespace examples
