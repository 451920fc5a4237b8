#include "classifier.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/probabilities.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/training/evaluation.hpp>

#include "series_sets.hpp"

namespace ts = tsattn;

namespace {

bool is_binary(const Options& options, std::size_t classes) {
  if (options.head == "sigmoid" && classes != 2)
    ts::fail<ts::ConfigError>("--head", "expected softmax or auto for ", classes,
                              " classes, got sigmoid, which tells two apart");
  return options.head == "sigmoid" || (options.head == "auto" && classes == 2);
}

/// The steps of the longest series, up to whole segments.
ts::Index whole_segments(const ts::LabelledSeries& set, ts::Index segment) {
  ts::Index longest = 0;
  for (const ts::Sequence<double>& one : set.series) longest = std::max(longest, one.time());
  return (longest + segment - 1) / segment * segment;
}

ts::Index sample_time(const Options& options, const ts::LabelledSeries& training) {
  const ts::Index steps = whole_segments(training, 1), segment = options.model.segment;
  if (segment > steps)
    ts::fail<ts::ConfigError>("--segment", "expected at most ", steps,
                              ", the steps of the longest training series, got ", segment);
  if (options.differences && steps < 2)
    ts::fail<ts::ConfigError>("--no-differences", "expected this option for series of one step");
  return whole_segments(training, segment);
}

ts::Scaler scaler_of(const Options& options, const ts::LabelledSeries& training) {
  const ts::Sequence<double> steps =
      ts::joined_steps(options.differences ? with_differences(training).series : training.series);
  return ts::Scaler::fit(ts::Scaling::standard, steps, {0, steps.time()});
}

/// With balanced weights all classes count alike, however many training series they have.
ts::AnyLoss loss_of(const Options& options, const ts::LabelledSeries& training) {
  const bool is_balanced = options.class_weights == "balanced";
  std::vector<double> counts(training.classes.size());
  for (const ts::Index label : training.labels) ++counts[static_cast<std::size_t>(label)];
  if (is_binary(options, counts.size()))
    return ts::BinaryCrossEntropy{.positive_weight = is_balanced ? counts[0] / counts[1] : 1};
  std::vector<double> weights;
  for (const double count : counts)
    weights.push_back(static_cast<double>(training.size()) / (static_cast<double>(counts.size()) * count));
  return ts::SoftmaxCrossEntropy{.class_weights = is_balanced ? weights : std::vector<double>()};
}

/// Of both classes, from that of the second.
ts::Sequence<float> with_first_class(const ts::Sequence<float>& second) {
  ts::Sequence<float> both({1, second.batch(), 2});
  for (ts::Index b = 0; b < second.batch(); ++b) {
    both(0, b, 0) = 1 - second(0, b, 0);
    both(0, b, 1) = second(0, b, 0);
  }
  return both;
}

}  // namespace

Classifier::Classifier(const Options& options, const ts::LabelledSeries& training)
    : options_(options),
      classes_(training.classes),
      is_binary_(is_binary(options, training.classes.size())),
      time_(sample_time(options, training)),
      scaler_(scaler_of(options, training)),
      loss_(loss_of(options, training)),
      model_(examples::build_model(options.model, ts::kAnyTime, scaler_.features(),
                                   is_binary_ ? 1 : static_cast<ts::Index>(classes_.size()), options.training.seed)) {}

ts::SampleSet<float> Classifier::samples(const ts::LabelledSeries& set) const {
  ts::LabelledSamples<float> samples =
      ts::labelled_samples<float>(options_.differences ? with_differences(set) : set,
                                  {.scaler = scaler_,
                                   .time = std::max(time_, whole_segments(set, options_.model.segment)),
                                   .targets = is_binary_ ? ts::ClassTargets::binary : ts::ClassTargets::one_hot});
  return {std::move(samples.inputs), std::move(samples.targets)};
}

ts::History Classifier::fit(const ts::LabelledSeries& training, const std::optional<ts::LabelledSeries>& validation,
                            const ts::FitOptions& options) {
  ts::Trainer<float> trainer(model_, examples::optimizer_of(options_.training), loss_);
  const ts::SampleSet<float> data = samples(training);
  return validation ? trainer.fit(data, samples(*validation), options) : trainer.fit(data, options);
}

Scores Classifier::score(const ts::LabelledSeries& set) const {
  const ts::SampleSet<float> data = samples(set);
  const ts::EvaluationOptions options{.batch_size = 256, .threads = options_.training.threads};
  const ts::Sequence<float> logits = ts::predict(model_, data, options);
  Scores scores;
  scores.loss = ts::evaluate(model_, data, options, loss_);
  scores.probabilities =
      is_binary_ ? with_first_class(ts::sigmoid_probabilities(logits)) : ts::softmax_probabilities(logits);
  scores.predicted = ts::predicted_classes(scores.probabilities);
  scores.metrics = ts::classification_metrics(set.labels, scores.predicted, static_cast<ts::Index>(set.classes.size()));
  return scores;
}

ts::PlotMatrix Classifier::attention(const ts::LabelledSeries& set) const {
  const ts::Sequence<float> weights =
      ts::attention_weights(model_, model_.find("attention"), samples(set),
                            {.batch_size = 256, .threads = options_.training.threads});  // [1, N, segments]
  const ts::Index segment = options_.model.segment;
  ts::PlotMatrix steps(weights.batch(), weights.features() * segment);
  for (ts::Index row = 0; row < steps.rows(); ++row)
    for (ts::Index step = 0; step < steps.cols(); ++step)
      steps(row, step) = static_cast<double>(weights(0, row, step / segment)) / static_cast<double>(segment);
  return steps;
}

void Classifier::save(const std::filesystem::path& path) const {
  const nlohmann::json json = {
      {"classes", classes_}, {"head", head()}, {"differences", options_.differences}, {"time", time_}};
  ts::save_model(path, model_, {.scaler = scaler_, .metadata = {{"series_classification", json.dump(-1, ' ', true)}}});
}
