#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/reduce_on_plateau.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void ReduceOnPlateau::on_train_begin(TrainingRun&) {
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

TSATTN_LIBRARY_FUNCTION void ReduceOnPlateau::on_batch_begin(TrainingRun& run) const {
  const double rate = run.learning_rate();
  if (rate > min_learning_rate) run.set_learning_rate((std::max)(rate * scale, min_learning_rate));
}

TSATTN_LIBRARY_FUNCTION void ReduceOnPlateau::on_epoch_end(TrainingRun& run) {
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

TSATTN_LIBRARY_FUNCTION void ReduceOnPlateau::visit_state(StateVisitor& visitor) {
  visitor.visit("best_loss", best_loss);
  visitor.visit("waited", waited);
  visitor.visit("cooldown_left", cooldown_left);
  visitor.visit("scale", scale);
}

}  // namespace tsattn
