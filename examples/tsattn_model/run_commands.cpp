// predict, gradients, fit: a model at work on arrays.

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/data/dataset.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/logs/history_json.hpp>
#include <tsattn/training/progress.hpp>
#include <tsattn/training/trainer.hpp>

#include "arrays.hpp"
#include "commands.hpp"

namespace ts = tsattn;
namespace fs = std::filesystem;

namespace {

template <class S>
ts::LoadedModel<S> load(const fs::path& path) {
  return in_file(path, [&] { return ts::load_model<S>(path); });
}

template <class S>
std::vector<ts::Sequence<S>> load_sequences(const std::vector<fs::path>& paths) {
  std::vector<ts::Sequence<S>> sequences;
  for (const fs::path& path : paths) sequences.push_back(load_sequence<S>(path));
  return sequences;
}

/// The attention layer whose weights are asked for: the one with that name, or the only one.
template <class S>
ts::NodeId find_attention(const ts::Graph<S>& model, const std::string& name) {
  if (!name.empty()) return model.find(name);
  std::string names;
  ts::NodeId found;
  for (std::size_t i = 0; i < model.nodes().size(); ++i) {
    const auto& node = model.nodes()[i];
    if (node.kind != ts::Attention::kKind && node.kind != ts::AttentionPooling::kKind) continue;
    names.append(names.empty() ? "" : ", ").append(node.name);
    found = {static_cast<ts::Index>(i)};
  }
  if (names.empty() || names.find(',') != std::string::npos)
    ts::fail<ts::ConfigError>("", "expected one attention layer, got ", names.empty() ? "none" : names,
                              names.empty() ? "" : "; name one by --attention");
  return found;
}

template <class S>
void predict(const PredictOptions& options) {
  const ts::Graph<S> model = load<S>(options.file).model;
  std::vector<ts::Sequence<S>> x = load_sequences<S>(options.inputs);
  const bool wants_weights = !options.weights_out.empty();
  const ts::NodeId attention =
      wants_weights ? in_file(options.file, [&] { return find_attention(model, options.attention); }) : ts::NodeId{};
  ts::Sequence<S> y, weights;
  in_file(options.inputs[0], [&] {
    if (x.size() == 1) {  // in batches, on several threads
      const ts::SampleShape sample = x[0].shape().sample(), output = model.output_shape(std::span(&sample, 1));
      const ts::SequenceShape no_targets{output.time, x[0].batch(), output.features};
      const ts::SampleSet<S> data(std::move(x[0]), ts::Sequence<S>(no_targets));
      const ts::EvaluationOptions evaluation{.threads = options.threads};
      y = ts::predict(model, data, evaluation);
      if (wants_weights) weights = ts::attention_weights(model, attention, data, evaluation);
    } else {
      const std::vector<const ts::Sequence<S>*> inputs = pointers_to(x);
      ts::Workspace<S> workspace(model);
      y = model.infer(std::span<const ts::Sequence<S>* const>(inputs), workspace);
      if (wants_weights) weights = workspace.attention_weights(attention);
    }
  });
  save_sequence(options.output, y, model.output_shape().time == 1);
  if (wants_weights) save_sequence(options.weights_out, weights, model.node(attention).shape.time == 1);
  std::cout << options.output.string() << ": " << y.shape() << '\n';
}

template <class S>
void gradients(const GradientsOptions& options) {
  const ts::Graph<S> model = load<S>(options.file).model;
  const std::vector<ts::Sequence<S>> x = load_sequences<S>(options.inputs);
  const ts::Sequence<S> target = load_sequence<S>(options.target);
  const std::vector<const ts::Sequence<S>*> inputs = pointers_to(x);
  const std::span<const ts::Sequence<S>* const> all_inputs(inputs);

  ts::Workspace<S> workspace(model);
  const ts::MeanSquaredError loss;
  std::vector<ts::Sequence<S>> dx(x.size());
  double value = 0;
  in_file(options.inputs[0], [&] { model.forward(all_inputs, workspace); });
  in_file(options.target, [&] {
    const ts::Sequence<S>& y = workspace.output(model.output());
    ts::require_shape("", "a target", target, y.shape());
    ts::Sequence<S> dy;
    value = loss.value(y, target, y.batch());
    loss.gradient(y, target, y.batch(), dy);
    std::vector<ts::Sequence<S>*> wanted;
    for (std::size_t i = 0; i < options.input_gradients.size(); ++i) wanted.push_back(&dx[i]);
    model.backward(all_inputs, dy, workspace, std::span<ts::Sequence<S>* const>(wanted));
  });

  ts::SafetensorsWriter writer;
  writer.metadata["loss"] = nlohmann::json(value).dump();
  for (const auto& gradient : workspace.gradients()) writer.add(gradient.name, gradient);
  in_file(options.out, [&] { writer.save(options.out); });
  for (std::size_t i = 0; i < options.input_gradients.size(); ++i)
    save_sequence(options.input_gradients[i], dx[i], false);
  std::cout << "loss " << writer.metadata["loss"] << '\n';
}

template <class S>
ts::AnyOptimizer<S> make_optimizer(const FitCommandOptions& options) {
  const auto with_rate = [&](auto description) -> ts::AnyOptimizer<S> {
    if (options.learning_rate) description.learning_rate = *options.learning_rate;
    return description;
  };
  if (options.optimizer == "sgd") return with_rate(ts::Sgd{});
  if (options.optimizer == "rmsprop") return with_rate(ts::RmsProp{});
  if (options.optimizer == "adamw") return with_rate(ts::AdamW{});
  return with_rate(ts::Adam{});
}

/// The samples first, ..., first + count - 1 of a set.
template <class S>
ts::Sequence<S> samples_of(const ts::Sequence<S>& all, ts::Index first, ts::Index count) {
  ts::Sequence<S> part({all.time(), count, all.features()});
  for (ts::Index t = 0; t < all.time(); ++t)
    std::copy_n(all.step_data(t) + first * all.features(), count * all.features(), part.step_data(t));
  return part;
}

/// Notes the loss of every batch, also of those before an interruption of the training.
class BatchLosses {
 public:
  void on_train_begin(ts::TrainingRun& run) {
    losses_.clear();
    batches_ = static_cast<std::size_t>(run.batches);
  }
  void on_batch_end(ts::TrainingRun& run) { losses_.push_back(run.batch_loss); }

  void visit_state(ts::StateVisitor& visitor) {
    state_.resize(static_cast<ts::Index>(losses_.size()));
    std::copy(losses_.begin(), losses_.end(), state_.data());
    visitor.visit("losses", state_);
    losses_.assign(state_.data(), state_.data() + state_.size());
  }

  /// Of the epoch, counted from 0.
  std::span<const double> of_epoch(std::size_t epoch) const {
    const std::size_t begin = (std::min)(epoch * batches_, losses_.size());
    return std::span(losses_).subspan(begin, (std::min)(batches_, losses_.size() - begin));
  }

 private:
  std::vector<double> losses_;
  std::size_t batches_ = 0;          // in an epoch
  ts::AlignedBuffer<double> state_;  // which a visitor writes after the visit
};

void save_history(const fs::path& path, const ts::History& history, const BatchLosses& batches) {
  nlohmann::json json = ts::to_json(history);
  for (std::size_t epoch = 0; epoch < history.epochs.size(); ++epoch)
    json["epochs"][epoch]["batch_losses"] = batches.of_epoch(epoch);
  in_file(path, [&] { ts::write_file_atomically(path, [&](std::ostream& out) { out << json.dump(1) << '\n'; }); });
}

template <class S>
void fit(const FitCommandOptions& options) {
  ts::LoadedModel<S> loaded = load<S>(options.file);
  ts::Graph<S>& model = loaded.model;
  const ts::Sequence<S> x = load_sequence<S>(options.input), target = load_sequence<S>(options.target);
  const auto held_out = static_cast<ts::Index>(static_cast<double>(x.batch()) * options.validation_split);
  const ts::Index trained_on = x.batch() - held_out;
  if (x.batch() != target.batch())
    ts::fail<ts::ShapeError>(options.target.string(), "expected ", x.batch(), " samples, as many as inputs, got ",
                             target.batch());

  BatchLosses batches;
  ts::FitOptions fit_options{.epochs = options.epochs,
                             .batch_size = options.batch_size,
                             .shuffle = options.no_shuffle ? ts::Shuffle::never : ts::Shuffle::each_epoch,
                             .seed = options.seed,
                             .clip_norm = options.clip_norm,
                             .threads = options.threads,
                             .callbacks = {std::ref(batches), ts::EpochLog{std::cout}}};
  if (!options.checkpoint.empty())
    fit_options.callbacks.push_back(
        ts::ModelCheckpoint<S>(model, {.last = options.checkpoint, .extras = loaded.extras}));

  const ts::History history = in_file(options.file, [&] {
    const ts::SampleSet<S> training(samples_of(x, 0, trained_on), samples_of(target, 0, trained_on));
    ts::Trainer<S> trainer(model, make_optimizer<S>(options));
    if (held_out == 0) return trainer.fit(training, fit_options);
    const ts::SampleSet<S> validation(samples_of(x, trained_on, held_out), samples_of(target, trained_on, held_out));
    return trainer.fit(training, validation, fit_options);
  });

  const std::vector<ts::Sequence<S>> probe = probe_of(model);
  const std::vector<const ts::Sequence<S>*> inputs = pointers_to(probe);
  in_file(options.out, [&] {
    ts::save_model<S>(options.out, model, loaded.extras, std::span<const ts::Sequence<S>* const>(inputs));
  });
  if (!options.history.empty()) save_history(options.history, history, batches);
}

}  // namespace

void run_predict(const PredictOptions& options) {
  options.is_double ? predict<double>(options) : predict<float>(options);
}

void run_gradients(const GradientsOptions& options) {
  options.is_double ? gradients<double>(options) : gradients<float>(options);
}

void run_fit(const FitCommandOptions& options) { options.is_double ? fit<double>(options) : fit<float>(options); }
