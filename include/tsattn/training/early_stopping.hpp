#pragma once

#include <limits>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/state_visitor.hpp>
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
  void on_train_begin(TrainingRun&);

  void on_epoch_end(TrainingRun& run);

  void on_train_end(TrainingRun& run) { run.restore_weights(); }

  void visit_state(StateVisitor& visitor);
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/early_stopping.inl>
#endif
