#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/shards.hpp>

namespace tsattn {

/// The order of the samples in an epoch: a new random one each time, or as they come.
enum class Shuffle { each_epoch, never };

struct FitOptions {
  Index epochs = 1;       ///< at least 1
  Index batch_size = 32;  ///< at least 1; the last batch of an epoch holds what is left
  Shuffle shuffle = Shuffle::each_epoch;
  std::uint64_t seed = 0;                ///< the seed of the shuffling and of what layers draw (Dropout)
  double clip_norm = 0;                  ///< gradients of a larger global norm are scaled down to it; 0: never
  int threads = 0;                       ///< how many there may be; 0: as many as OpenMP would use
  std::vector<Callback> callbacks = {};  ///< they are called in this order
};

/// Trains a model. Batches are cut into shards (training/shards.hpp) that threads run forward and backward on, each in
/// its own workspace; shard gradients are added in a fixed order, so the weights are the same bits for any number
/// of threads. The trainer keeps the optimizer's state from one `fit` to the next, not what callbacks made of its
/// learning rate, and refers to the model, which must outlive it and keep its layers.
template <class S>
class Trainer {
 public:
  /// Throws ConfigError if an option of the optimizer makes no sense.
  explicit Trainer(Graph<S>& model, AnyOptimizer<S> optimizer = Adam{}, AnyLoss loss = MeanSquaredError{});

  /// Trains on `data`. After each epoch the loss on `validation`, if there is one, joins the history. Throws
  /// ShapeError, ConfigError or DataError before the first step if options or data do not fit, and NumericError when a
  /// loss or a gradient is not finite, naming epoch, batch and the first layer; weights that a callback kept are then
  /// restored.
  History fit(const Dataset<S>& data, const FitOptions& options);
  History fit(const Dataset<S>& data, const Dataset<S>& validation, const FitOptions& options);

  /// Returns the model's loss over all samples, see tsattn::evaluate.
  double evaluate(const Dataset<S>& data, const EvaluationOptions& options = {}) const;
  /// Returns the model's output for all samples, see tsattn::predict.
  Sequence<S> predict(const Dataset<S>& data, const EvaluationOptions& options = {}) const;

 private:
  class Run;

  History run(const Dataset<S>& data, const Dataset<S>* validation, const FitOptions& options);

  /// An epoch, or what a resumed training has left of it.
  void run_epoch(const Dataset<S>& data, const Dataset<S>* validation, const FitOptions& options, Run& run);

  /// One step of the optimizer on the samples `batch`.
  void train_batch(const Dataset<S>& data, std::span<const Index> batch, const FitOptions& options, Run& run);

  /// Runs the model on shard i of `count` of the samples `batch`.
  const Sequence<S>& forward(const Dataset<S>& data, std::span<const Index> batch, Index count, Index i, const Run& run,
                             ShardMemory<S>& memory) const;

  /// "... in epoch 3, batch 17 of 50"
  static std::string place(const Run& run);

  [[noreturn]] void fail_not_finite(const Dataset<S>& data, std::span<const Index> batch, Index shards, const Run& run);

  /// Where the values of the batch stop being finite, in the order in which they are computed. Runs its shards again,
  /// for only the last ones are still there.
  std::string first_not_finite(const Dataset<S>& data, std::span<const Index> batch, Index shards, const Run& run);

  [[noreturn]] static void fail_gradient_not_finite(const std::vector<NamedTensor<S>>& gradients, const Run& run);

  Graph<S>& model_;
  AnyOptimizer<S> optimizer_;
  AnyLoss loss_;
  std::vector<NamedTensor<S>> parameters_;
  std::vector<ShardMemory<S>> memory_;  // one per worker
  ShardGradients<S> shard_gradients_;
  std::vector<double> losses_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/trainer.inl>
#endif
