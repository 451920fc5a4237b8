#pragma once

#include <limits>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
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
  void on_train_begin(TrainingRun&);

  void on_batch_begin(TrainingRun& run) const;

  void on_epoch_end(TrainingRun& run);

  void visit_state(StateVisitor& visitor);
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/reduce_on_plateau.inl>
#endif
