#pragma once

#include <limits>
#include <sstream>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

/// Ends training when the validation loss (without validation data: the training loss) has not become smaller for
/// `patience` epochs, and in every case leaves the model with the weights of its best epoch: also when training runs to
/// its last epoch, is stopped by something else, or ends in an exception.
struct EarlyStopping {
  Index patience = 10;   ///< how many epochs without a better loss end it, at least 1
  double min_delta = 0;  ///< a loss counts as better if it is smaller than the best by more than this; at least 0

  // How it stands; reset when a training begins.
  double best_loss = std::numeric_limits<double>::infinity();
  Index waited = 0;  ///< epochs since then

  /// Throws ConfigError for options out of range.
  void on_train_begin(TrainingRun&) {
    require_positive("EarlyStopping", "a patience", patience);
    if (!(min_delta >= 0)) fail<ConfigError>("EarlyStopping", "expected a min_delta of at least 0, got ", min_delta);
    best_loss = std::numeric_limits<double>::infinity();
    waited = 0;
  }

  void on_epoch_end(TrainingRun& run) {
    const EpochRecord& record = run.history.epochs.back();
    const double loss = record.validation_loss.value_or(record.loss);
    if (loss < best_loss - min_delta) {
      best_loss = loss;
      waited = 0;
      run.keep_weights();
    } else if (++waited >= patience) {
      std::ostringstream reason;
      reason << "no smaller " << (record.validation_loss ? "validation loss" : "loss") << " than " << best_loss
             << " for " << patience << (patience == 1 ? " epoch" : " epochs");
      run.stop(reason.str());
    }
  }

  void on_train_end(TrainingRun& run) { run.restore_weights(); }

  void visit_state(StateVisitor& visitor) {
    visitor.visit("best_loss", best_loss);
    visitor.visit("waited", waited);
  }
};

}  // namespace tsattn
