#pragma once

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/training/callbacks.hpp>

/// Schedules of the learning rate, each a callback that scales the optimizer's own learning rate before every batch.
/// Several together multiply: {WarmUp{.batches = 500}, CosineDecay{}}. A schedule depends on the number of the epoch or
/// batch alone, so a training that goes on from a checkpoint has the same learning rates.
namespace tsattn {

/// Keeps the full rate for `full_epochs` epochs; then, and after every `every_epochs` epochs more, multiplies it by
/// `factor`. This is PyTorch's StepLR. The schedule "type3" of Informer (Zhou et al. 2021) and its successors, full for
/// four epochs and then times 0.8 in each, is StepDecay{.factor = 0.8, .every_epochs = 1, .full_epochs = 4}.
struct StepDecay {
  double factor = 0.1;      ///< in (0, 1]
  Index every_epochs = 10;  ///< at least 1
  Index full_epochs = 0;    ///< how many come before the first step; 0: as many as every_epochs

  /// Returns the factor of the learning rate in that epoch, counted from 1.
  double scale(Index epoch) const;

  /// Throws ConfigError for options out of range, or if nothing would be left of the learning rate in the end.
  void on_train_begin(TrainingRun& run) const;
  void on_batch_begin(TrainingRun& run) const { run.scale_learning_rate(scale(run.epoch)); }
};

/// Multiplies the rate by `factor` after every epoch. This is PyTorch's ExponentialLR.
struct ExponentialDecay {
  double factor = 0.95;  ///< in (0, 1]

  /// Returns the factor of the learning rate in that epoch, counted from 1.
  double scale(Index epoch) const;

  /// Throws ConfigError for a factor out of range, or if nothing would be left of the learning rate in the end.
  void on_train_begin(TrainingRun& run) const;
  void on_batch_begin(TrainingRun& run) const { run.scale_learning_rate(scale(run.epoch)); }
};

/// Takes the rate along half a wave of the cosine from the full one down to `final_fraction` of it, a little with every
/// batch, and constant afterwards: with t of T batches done
///   scale = final_fraction + (1 - final_fraction) (1 + cos(pi t / T)) / 2
/// Source: Loshchilov & Hutter 2017, "SGDR", equation 5, without restarts. This is PyTorch's CosineAnnealingLR, stepped
/// after every batch.
struct CosineDecay {
  double final_fraction = 0;  ///< in [0, 1]
  Index epochs = 0;           ///< how many the T batches make; 0: all of the training

  /// Returns the factor of the learning rate after `done` batches of `all`.
  double scale(Index done, Index all) const;

  /// Throws ConfigError for options out of range, or if nothing would be left of the learning rate in the end: with
  /// final_fraction = 0 and fewer epochs than the training's.
  void on_train_begin(TrainingRun& run) const;
  void on_batch_begin(TrainingRun& run) const { run.scale_learning_rate(scale(run.step() - 1, batches_of(run))); }

 private:
  Index batches_of(const TrainingRun& run) const { return (epochs > 0 ? epochs : run.epochs) * run.batches; }
};

/// Raises the rate from `initial_fraction` of it in the first batch up to the full rate, by the same amount in each of
/// `batches` batches. This is PyTorch's LinearLR, stepped after every batch. Schedules beside it count from the first
/// batch, not from the end of the warm-up. Source: Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2
/// ("gradual warmup").
struct WarmUp {
  Index batches = 1000;            ///< at least 1
  double initial_fraction = 0.01;  ///< in (0, 1]

  /// Returns the factor of the learning rate after `done` batches.
  double scale(Index done) const;

  /// Throws ConfigError for options out of range.
  void on_train_begin(TrainingRun&) const;
  void on_batch_begin(TrainingRun& run) const { run.scale_learning_rate(scale(run.step() - 1)); }
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/learning_rate.inl>
#endif
