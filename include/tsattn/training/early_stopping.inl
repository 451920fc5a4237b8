#pragma once

#include <limits>
#include <sstream>
#include <string>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/early_stopping.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void EarlyStopping::on_train_begin(TrainingRun&) {
  require_positive("EarlyStopping", "a patience", patience);
  if (!(min_delta >= 0)) fail<ConfigError>("EarlyStopping", "expected a min_delta of at least 0, got ", min_delta);
  best_loss = std::numeric_limits<double>::infinity();
  waited = 0;
}

TSATTN_LIBRARY_FUNCTION void EarlyStopping::on_epoch_end(TrainingRun& run) {
  const EpochRecord& record = run.history.epochs.back();
  const double loss = record.validation_loss.value_or(record.loss);
  if (loss < best_loss - min_delta) {
    best_loss = loss;
    waited = 0;
    run.keep_weights();
  } else if (++waited >= patience) {
    std::ostringstream reason;
    reason << "no smaller " << (record.validation_loss ? "validation loss" : "loss") << " than " << best_loss << " for "
           << patience << (patience == 1 ? " epoch" : " epochs");
    run.stop(reason.str());
  }
}

TSATTN_LIBRARY_FUNCTION void EarlyStopping::visit_state(StateVisitor& visitor) {
  visitor.visit("best_loss", best_loss);
  visitor.visit("waited", waited);
}

}  // namespace tsattn
