#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <tsattn/data/dataset.hpp>
#include <tsattn/data/ts_file.hpp>
#include <tsattn/forecasting/classification_metrics.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/plot/plot_matrix.hpp>
#include <tsattn/training/trainer.hpp>

#include "options.hpp"

/// What a classifier makes of a set.
struct Scores {
  double loss = 0;  ///< mean cross-entropy, with the class weights of the training
  std::vector<tsattn::Index> predicted;
  tsattn::Sequence<float> probabilities;  ///< [1, N, C]
  tsattn::ClassificationMetrics metrics;
};

/// A recurrent model with a head of probabilities, and what it needs to know to read series.
class Classifier {
 public:
  /// Its scaler, its class weights and the length of its samples come from `training`. Throws ConfigError for options
  /// that do not fit these series.
  Classifier(const Options& options, const tsattn::LabelledSeries& training);

  /// `validation`: none, or series that choose the epoch; without them the training loss does.
  tsattn::History fit(const tsattn::LabelledSeries& training, const std::optional<tsattn::LabelledSeries>& validation,
                      const tsattn::FitOptions& options);

  Scores score(const tsattn::LabelledSeries& set) const;

  /// The attention weights of every series over the steps: [N, T]. The weight of a segment is shared by its steps.
  /// Throws ConfigError if the model has no attention.
  tsattn::PlotMatrix attention(const tsattn::LabelledSeries& set) const;

  /// One file with the model, the scaler and the names of the classes.
  void save(const std::filesystem::path& path) const;

  const tsattn::Sequential<float>& model() const { return model_; }
  /// "sigmoid" or "softmax"
  const char* head() const { return is_binary_ ? "sigmoid" : "softmax"; }

 private:
  tsattn::SampleSet<float> samples(const tsattn::LabelledSeries& set) const;

  Options options_;
  std::vector<std::string> classes_;
  bool is_binary_;      // one logit, of the second of two classes
  tsattn::Index time_;  // of a sample: the longest training series, in whole segments
  tsattn::Scaler scaler_;
  tsattn::AnyLoss loss_;
  tsattn::Sequential<float> model_;
};
