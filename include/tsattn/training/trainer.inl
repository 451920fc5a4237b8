#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/kernels/parallel.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/gradient_norm.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/shards.hpp>
#include <tsattn/training/trainer.hpp>

namespace tsattn {

template <class S>
class Trainer<S>::Run final : public TrainingRun {
 public:
  Run(Trainer& trainer, const Dataset<S>& data, const FitOptions& options)
      : trainer_(trainer),
        options_(options),
        own_learning_rate_(trainer.optimizer_.learning_rate()),
        random(options.seed),
        layer_seed(Random(options.seed).bits()),
        order(static_cast<std::size_t>(data.size())) {
    std::iota(order.begin(), order.end(), Index{0});
    epochs = options.epochs;
    batches = (data.size() + options.batch_size - 1) / options.batch_size;
  }

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { trainer_.optimizer_.set_learning_rate(own_learning_rate_); }

  double learning_rate() const override { return trainer_.optimizer_.learning_rate(); }
  void set_learning_rate(double learning_rate) override {
    if (!is_batch_begin_)
      fail<ConfigError>("TrainingRun::set_learning_rate",
                        "expected a call in on_batch_begin, got one in another function of a callback, where the "
                        "learning rate would hold for no step");
    trainer_.optimizer_.set_learning_rate(learning_rate);
  }
  /// Every callback's on_batch_begin, with the optimizer's own learning rate before the first of them.
  void begin_batch() {
    trainer_.optimizer_.set_learning_rate(own_learning_rate_);
    is_batch_begin_ = true;
    for (const Callback& callback : options_.callbacks) callback.on_batch_begin(*this);
    is_batch_begin_ = false;
  }

  void keep_weights() override {
    kept_.resize(trainer_.model_.parameter_count());
    S* to = kept_.data();
    for (const NamedTensor<S>& tensor : trainer_.parameters_) to = std::copy_n(tensor.data, tensor.size(), to);
    history.best_epoch = epoch;
  }
  void restore_weights() override {
    if (kept_.size() == 0) return;
    const S* from = kept_.data();
    for (const NamedTensor<S>& tensor : trainer_.parameters_) {
      std::copy_n(from, tensor.size(), tensor.data);
      from += tensor.size();
    }
  }

  void visit_state(StateVisitor& visitor) override {
    require_same(visitor, "samples", static_cast<Index>(order.size()));
    require_same(visitor, "batch_size", options_.batch_size);
    require_same(visitor, "shuffles", options_.shuffle == Shuffle::each_epoch ? 1 : 0);
    require_same(visitor, "callbacks", static_cast<Index>(options_.callbacks.size()));
    random.visit_state(visitor);
    visitor.visit("layer_seed", layer_seed);
    visitor.visit("order", order);
    visitor.visit("batches_done", batches_done);
    visitor.visit("loss", loss);
    visitor.visit("samples_done", samples_done);
    visitor.visit("seconds", seconds);
    visitor.visit("gradient_norms", gradient_norms);
    visitor.visit("kept_weights", kept_);
    double last_learning_rate = learning_rate();
    visitor.visit("last_learning_rate", last_learning_rate);
    trainer_.optimizer_.set_learning_rate(last_learning_rate);
    visit_in_scope(visitor, "history", history);
    visit_in_scope(visitor, "optimizer", trainer_.optimizer_);
    for (std::size_t i = 0; i < options_.callbacks.size(); ++i)
      visit_in_scope(visitor, "callback_" + std::to_string(i), options_.callbacks[i]);
    require_sound();
  }

  /// Of what the layers draw for shard i of the batch in progress: a number of its own for each, whichever thread
  /// runs it, so that training gives the same bits for any number of threads, and goes on with them.
  std::uint64_t seed_of_shard(Index i) const {
    std::uint64_t seed = layer_seed;
    for (const Index number : {epoch, batch, i}) seed = Random(seed + static_cast<std::uint64_t>(number)).bits();
    return seed;
  }

  /// Makes ready for the next epoch.
  void end_epoch() { batches_done = samples_done = 0, loss = seconds = gradient_norms = 0; }

 private:
  /// A number that a training and the one that goes on with it must share.
  static void require_same(StateVisitor& visitor, std::string_view name, Index value) {
    Index stored = value;
    visitor.visit(name, stored);
    if (stored != value)
      fail<ConfigError>("Trainer::fit", "expected to go on with the ", name, ' ', stored,
                        " of the training that was interrupted, got ", value);
  }

  /// After reading: nothing that was read may lead outside of anything.
  void require_sound() const {
    std::vector<bool> is_there(order.size(), false);
    bool is_sound = batches_done >= 0 && batches_done <= batches &&
                    (kept_.size() == 0 || kept_.size() == trainer_.model_.parameter_count());
    for (const Index sample : order) {
      is_sound = is_sound && sample >= 0 && sample < static_cast<Index>(is_there.size());
      if (is_sound) is_there[static_cast<std::size_t>(sample)] = true;
    }
    if (!is_sound || std::find(is_there.begin(), is_there.end(), false) != is_there.end())
      fail<DataError>("Trainer::fit", "expected the state of a training of this model, got numbers that are none");
  }

  template <class Part>
  static void visit_in_scope(StateVisitor& visitor, std::string_view name, Part& part) {
    const StateVisitor::Scope scope(visitor, name);
    part.visit_state(visitor);
  }

  Trainer& trainer_;
  const FitOptions& options_;
  AlignedBuffer<S> kept_;
  double own_learning_rate_;  // of the optimizer
  bool is_batch_begin_ = false;

 public:
  Random random;             // of the shuffling
  std::uint64_t layer_seed;  // of what layers draw
  std::vector<Index> order;  // of the samples in the epoch
  Index batches_done = 0;    // of the epoch in progress, as all below
  Index samples_done = 0;
  double loss = 0;  // summed over these
  double seconds = 0;
  double gradient_norms = 0;
};

template <class S>
Trainer<S>::Trainer(Graph<S>& model, AnyOptimizer<S> optimizer, AnyLoss loss)
    : model_(model), optimizer_(std::move(optimizer)), loss_(std::move(loss)), parameters_(model.parameters()) {}

template <class S>
History Trainer<S>::fit(const Dataset<S>& data, const FitOptions& options) {
  return run(data, nullptr, options);
}
template <class S>
History Trainer<S>::fit(const Dataset<S>& data, const Dataset<S>& validation, const FitOptions& options) {
  return run(data, &validation, options);
}

template <class S>
double Trainer<S>::evaluate(const Dataset<S>& data, const EvaluationOptions& options) const {
  return tsattn::evaluate(model_, data, options, loss_);
}

template <class S>
Sequence<S> Trainer<S>::predict(const Dataset<S>& data, const EvaluationOptions& options) const {
  return tsattn::predict(model_, data, options);
}

template <class S>
History Trainer<S>::run(const Dataset<S>& data, const Dataset<S>* validation, const FitOptions& options) {
  require_positive("Trainer::fit", "epochs", options.epochs);
  require_positive("Trainer::fit", "a batch_size", options.batch_size);
  if (!(options.clip_norm >= 0))
    fail<ConfigError>("Trainer::fit", "expected a clip_norm of at least 0, got ", options.clip_norm);
  if (options.threads < 0) fail<ConfigError>("Trainer::fit", "expected threads of at least 0, got ", options.threads);
  require_fitting("Trainer::fit", model_, data);
  if (validation != nullptr) require_fitting("Trainer::fit, validation", model_, *validation);

  Run run(*this, data, options);
  for (const Callback& callback : options.callbacks) callback.on_train_begin(run);
  for (const Callback& callback : options.callbacks) callback.on_resume(run);
  try {
    // A training that was stopped in an epoch and interrupted then has an end of that epoch to go on with.
    while (static_cast<Index>(run.history.epochs.size()) < options.epochs &&
           (!run.is_stopping() || run.batches_done > 0))
      run_epoch(data, validation, options, run);
  } catch (...) {
    for (const Callback& callback : options.callbacks) callback.on_train_end(run);
    throw;
  }
  for (const Callback& callback : options.callbacks) callback.on_train_end(run);
  return std::move(run.history);
}

template <class S>
void Trainer<S>::run_epoch(const Dataset<S>& data, const Dataset<S>* validation, const FitOptions& options, Run& run) {
  run.epoch = static_cast<Index>(run.history.epochs.size()) + 1;
  run.is_epoch_end = false;
  const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  const double seconds_before = run.seconds;
  const auto count_seconds = [&] {
    run.seconds = seconds_before + std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  if (run.batches_done == 0 && options.shuffle == Shuffle::each_epoch) run.random.shuffle(std::span(run.order));
  while (run.batches_done < run.batches && !run.is_stopping()) {
    run.batch = run.batches_done + 1;
    run.begin_batch();
    const Index first = run.batches_done * options.batch_size;
    const Index size = (std::min)(options.batch_size, data.size() - first);
    train_batch(
        data,
        std::span<const Index>(run.order).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size)),
        options, run);
    run.loss += unfused_product(run.batch_loss, static_cast<double>(size));
    run.samples_done += size;
    run.gradient_norms += run.gradient_norm;
    run.batches_done = run.batch;
    count_seconds();
    for (const Callback& callback : options.callbacks) callback.on_batch_end(run);
    for (const Callback& callback : options.callbacks) callback.on_checkpoint(run);
  }
  EpochRecord record{.epoch = run.epoch,
                     .loss = run.loss / static_cast<double>(run.samples_done),
                     .learning_rate = run.learning_rate(),
                     .gradient_norm = run.gradient_norms / static_cast<double>(run.batches_done)};
  if (validation != nullptr) record.validation_loss = evaluate(*validation, {options.batch_size, options.threads});
  count_seconds();
  record.seconds = run.seconds;
  run.history.epochs.push_back(record);
  run.end_epoch();
  run.is_epoch_end = true;
  for (const Callback& callback : options.callbacks) callback.on_epoch_end(run);
  for (const Callback& callback : options.callbacks) callback.on_checkpoint(run);
}

template <class S>
void Trainer<S>::train_batch(const Dataset<S>& data, std::span<const Index> batch, const FitOptions& options,
                             Run& run) {
  const Index size = static_cast<Index>(batch.size()), weights = model_.parameter_count();
  const Index count = shard_count(size, weights), workers = kernels::worker_count(count, options.threads);
  while (static_cast<Index>(memory_.size()) < workers) memory_.emplace_back(model_);
  losses_.resize(static_cast<std::size_t>(count));
  shard_gradients_.resize(count, weights);
  kernels::parallel_for(count, options.threads, [&](Index i, Index worker) {
    ShardMemory<S>& mine = memory_[static_cast<std::size_t>(worker)];
    const Sequence<S>& y = forward(data, batch, count, i, run, mine);
    losses_[static_cast<std::size_t>(i)] = loss_.value(y, mine.target, size);
    loss_.gradient(y, mine.target, size, mine.dy);
    mine.workspace.zero_gradients();
    model_.backward(mine.x(), mine.dy, mine.workspace);
    shard_gradients_.keep(i, mine.workspace.gradients());
  });
  run.batch_loss = std::accumulate(losses_.begin(), losses_.end(), 0.0);
  if (!std::isfinite(run.batch_loss)) fail_not_finite(data, batch, count, run);

  const std::vector<NamedTensor<S>>& gradients = memory_[0].workspace.gradients();
  shard_gradients_.sum(gradients);
  run.gradient_norm = global_norm(std::span<const NamedTensor<S>>(gradients));
  if (!std::isfinite(run.gradient_norm)) fail_gradient_not_finite(gradients, run);
  optimizer_.step(parameters_, gradients, clipping_scale(run.gradient_norm, options.clip_norm));
}

template <class S>
const Sequence<S>& Trainer<S>::forward(const Dataset<S>& data, std::span<const Index> batch, Index count, Index i,
                                       const Run& run, ShardMemory<S>& memory) const {
  const IndexRange part = shard(static_cast<Index>(batch.size()), count, i);
  data.gather_inputs(batch.subspan(static_cast<std::size_t>(part.begin), static_cast<std::size_t>(part.size())),
                     memory.inputs, memory.target);
  memory.workspace.seed(run.seed_of_shard(i));
  return model_.forward(memory.x(), memory.workspace);
}

template <class S>
std::string Trainer<S>::place(const Run& run) {
  return "in epoch " + std::to_string(run.epoch) + ", batch " + std::to_string(run.batch) + " of " +
         std::to_string(run.batches);
}

template <class S>
void Trainer<S>::fail_not_finite(const Dataset<S>& data, std::span<const Index> batch, Index shards, const Run& run) {
  fail<NumericError>("Trainer::fit", "expected a finite loss, got ", run.batch_loss, ' ', place(run), ": ",
                     first_not_finite(data, batch, shards, run), "; try a smaller learning rate or clip_norm");
}

template <class S>
std::string Trainer<S>::first_not_finite(const Dataset<S>& data, std::span<const Index> batch, Index shards,
                                         const Run& run) {
  std::size_t first = model_.nodes().size();
  for (Index i = 0; i < shards; ++i) {
    ShardMemory<S>& memory = memory_[0];
    forward(data, batch, shards, i, run, memory);
    std::size_t input = 0;
    for (std::size_t n = 0; n < first; ++n) {
      const Sequence<S>& values =
          model_.nodes()[n].layer ? memory.workspace.output({static_cast<Index>(n)}) : memory.inputs[input++];
      if (!std::all_of(values.data(), values.data() + values.size(), [](S value) { return std::isfinite(value); }))
        first = n;
    }
  }
  if (first == model_.nodes().size()) return "all outputs are finite, but the distance from the targets is not";
  const auto& node = model_.nodes()[first];
  return std::string("the first values that are not finite are ") +
         (node.layer ? "the output of the layer " : "in the input ") + node.name;
}

template <class S>
void Trainer<S>::fail_gradient_not_finite(const std::vector<NamedTensor<S>>& gradients, const Run& run) {
  const auto first = std::find_if(gradients.begin(), gradients.end(),
                                  [](const NamedTensor<S>& gradient) { return !gradient.flat().allFinite(); });
  fail<NumericError>("Trainer::fit", "expected finite gradients ", place(run), ", got the gradient of ",
                     first == gradients.end() ? "all weights" : first->name,
                     " not finite; try a smaller learning rate or clip_norm");
}

TSATTN_LIBRARY_INSTANCE(class Trainer);

}  // namespace tsattn
