#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

/// Multiplies the learning rate by `factor` whenever the validation loss (without validation data: the training loss)
/// has not become smaller for `patience` epochs. It combines with the schedules of learning_rate.hpp; a training that
/// goes on from a checkpoint goes on with the reduced rate. This is PyTorch's ReduceLROnPlateau with
/// threshold_mode="abs", eps=0 and a patience of one less: PyTorch counts the epochs that are forgiven, Keras and
/// EarlyStopping count as here.
struct ReduceOnPlateau {
  double factor = 0.1;              ///< in (0, 1)
  Index patience = 10;              ///< how many epochs without a better loss reduce it, at least 1
  double min_delta = 0;             ///< a loss counts as better if it is smaller than the best by more than this
  Index cooldown = 0;               ///< epochs after a reduction in which none is counted, at least 0
  double min_learning_rate = 1e-8;  ///< the rate is reduced no further than to this, above 0

  // How it stands; reset when a training begins.
  double best_loss = std::numeric_limits<double>::infinity();
  Index waited = 0;         ///< epochs since then, but for those of a cooldown
  Index cooldown_left = 0;  ///< epochs
  double scale = 1;         ///< the product of all reductions

  /// Throws ConfigError for options out of range.
  void on_train_begin(TrainingRun&) {
    constexpr const char* kWhere = "ReduceOnPlateau";
    if (!(factor > 0 && factor < 1)) fail<ConfigError>(kWhere, "expected a factor in (0, 1), got ", factor);
    require_positive(kWhere, "a patience", patience);
    if (!(min_delta >= 0)) fail<ConfigError>(kWhere, "expected a min_delta of at least 0, got ", min_delta);
    if (cooldown < 0) fail<ConfigError>(kWhere, "expected a cooldown of at least 0, got ", cooldown);
    if (!(min_learning_rate > 0) || !std::isfinite(min_learning_rate))
      fail<ConfigError>(kWhere, "expected a min_learning_rate above 0 and finite, got ", min_learning_rate);
    best_loss = std::numeric_limits<double>::infinity();
    waited = cooldown_left = 0;
    scale = 1;
  }

  void on_batch_begin(TrainingRun& run) const {
    const double rate = run.learning_rate();
    if (rate > min_learning_rate) run.set_learning_rate((std::max)(rate * scale, min_learning_rate));
  }

  void on_epoch_end(TrainingRun& run) {
    const EpochRecord& record = run.history.epochs.back();
    const double loss = record.validation_loss.value_or(record.loss);
    if (loss < best_loss - min_delta) {
      best_loss = loss;
      waited = 0;
    } else {
      ++waited;
    }
    if (cooldown_left > 0) --cooldown_left, waited = 0;
    if (waited < patience) return;
    scale *= factor;
    cooldown_left = cooldown;
    waited = 0;
  }

  void visit_state(StateVisitor& visitor) {
    visitor.visit("best_loss", best_loss);
    visitor.visit("waited", waited);
    visitor.visit("cooldown_left", cooldown_left);
    visitor.visit("scale", scale);
  }
};

}  // namespace tsattn
