#pragma once

#include <cmath>
#include <numbers>
#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/training/callbacks.hpp>

/// Schedules of the learning rate, each a callback that scales the optimizer's own learning rate before every batch.
/// Several together multiply: {WarmUp{.batches = 500}, CosineDecay{}}. A schedule depends on the number of the epoch or
/// batch alone, so a training that goes on from a checkpoint has the same learning rates.
namespace tsattn {

namespace learning_rate_parts {

/// base^exponent by repeated squaring: only products, which IEEE 754 rounds alike everywhere, as no pow() is.
inline double power(double base, Index exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base)
    if (exponent % 2 == 1) result *= base;
  return result;
}

/// sin(pi / 2 x) of x in [0, 1], within 3 ULP and the same on every machine: with b = pi / 2 x
///   sin b = b (1 - b^2 / (2 3) (1 - b^2 / (4 5) (1 - ...))),   b^23 / 23! < 2^-59, so 11 factors are enough.
inline double sine_of_quarter_turns(double x) {
  const double b = std::numbers::pi / 2 * x;
  double series = 1;
  for (int k = 11; k >= 1; --k) series = std::fma(-(b * b / (2 * k * (2 * k + 1))), series, 1.0);
  return b * series;
}

/// Throws ConfigError unless `value` is in (0, 1].
inline void require_share(std::string_view where, std::string_view option, double value) {
  if (!(value > 0 && value <= 1)) fail<ConfigError>(where, "expected ", option, " in (0, 1], got ", value);
}

/// Before the first step rather than after hours: throws ConfigError if `last_scale`, which is that of the last batch,
/// leaves nothing of the learning rate.
inline void require_rate_left(std::string_view where, const TrainingRun& run, double last_scale) {
  if (!(run.learning_rate() * last_scale > 0))
    fail<ConfigError>(where, "expected a learning rate above 0 up to the last of ", run.epochs,
                      " epochs, got 0; let it decay less or train for fewer epochs");
}

}  // namespace learning_rate_parts

/// Keeps the full rate for `full_epochs` epochs; then, and after every `every_epochs` epochs more, multiplies it by
/// `factor`. This is PyTorch's StepLR. The schedule "type3" of Informer (Zhou et al. 2021) and its successors, full for
/// four epochs and then times 0.8 in each, is StepDecay{.factor = 0.8, .every_epochs = 1, .full_epochs = 4}.
struct StepDecay {
  double factor = 0.1;      ///< in (0, 1]
  Index every_epochs = 10;  ///< at least 1
  Index full_epochs = 0;    ///< how many come before the first step; 0: as many as every_epochs

  /// Returns the factor of the learning rate in that epoch, counted from 1.
  double scale(Index epoch) const {
    const Index full = full_epochs > 0 ? full_epochs : every_epochs;
    return epoch <= full ? 1.0 : learning_rate_parts::power(factor, 1 + (epoch - 1 - full) / every_epochs);
  }

  /// Throws ConfigError for options out of range, or if nothing would be left of the learning rate in the end.
  void on_train_begin(TrainingRun& run) const {
    learning_rate_parts::require_share("StepDecay", "a factor", factor);
    require_positive("StepDecay", "every_epochs", every_epochs);
    if (full_epochs < 0) fail<ConfigError>("StepDecay", "expected full_epochs of at least 0, got ", full_epochs);
    learning_rate_parts::require_rate_left("StepDecay", run, scale(run.epochs));
  }
  void on_batch_begin(TrainingRun& run) const { run.scale_learning_rate(scale(run.epoch)); }
};

/// Multiplies the rate by `factor` after every epoch. This is PyTorch's ExponentialLR.
struct ExponentialDecay {
  double factor = 0.95;  ///< in (0, 1]

  /// Returns the factor of the learning rate in that epoch, counted from 1.
  double scale(Index epoch) const { return learning_rate_parts::power(factor, epoch - 1); }

  /// Throws ConfigError for a factor out of range, or if nothing would be left of the learning rate in the end.
  void on_train_begin(TrainingRun& run) const {
    learning_rate_parts::require_share("ExponentialDecay", "a factor", factor);
    learning_rate_parts::require_rate_left("ExponentialDecay", run, scale(run.epochs));
  }
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
  double scale(Index done, Index all) const {
    if (done >= all) return final_fraction;
    // (1 + cos(pi t / T)) / 2 = sin^2(pi / 2 (T - t) / T), which stays exact where the left side cancels
    const double root =
        learning_rate_parts::sine_of_quarter_turns(static_cast<double>(all - done) / static_cast<double>(all));
    return std::fma(1 - final_fraction, root * root, final_fraction);
  }

  /// Throws ConfigError for options out of range, or if nothing would be left of the learning rate in the end: with
  /// final_fraction = 0 and fewer epochs than the training's.
  void on_train_begin(TrainingRun& run) const {
    if (!(final_fraction >= 0 && final_fraction <= 1))
      fail<ConfigError>("CosineDecay", "expected a final_fraction in [0, 1], got ", final_fraction);
    if (epochs < 0) fail<ConfigError>("CosineDecay", "expected epochs of at least 0, got ", epochs);
    learning_rate_parts::require_rate_left("CosineDecay", run, scale(run.epochs * run.batches - 1, batches_of(run)));
  }
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
  double scale(Index done) const {
    if (done >= batches) return 1;
    return std::fma(1 - initial_fraction, static_cast<double>(done) / static_cast<double>(batches), initial_fraction);
  }

  /// Throws ConfigError for options out of range.
  void on_train_begin(TrainingRun&) const {
    require_positive("WarmUp", "batches", batches);
    learning_rate_parts::require_share("WarmUp", "an initial_fraction", initial_fraction);
  }
  void on_batch_begin(TrainingRun& run) const { run.scale_learning_rate(scale(run.step() - 1)); }
};

}  // namespace tsattn
