#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/state_visitor.hpp>

namespace tsattn {

/// What one epoch of training gave.
struct EpochRecord {
  Index epoch = 0;  ///< counted from 1
  double loss = 0;  ///< mean over the samples, each batch judged before its own step
  std::optional<double> validation_loss = std::nullopt;  ///< after the epoch's last step; none without validation data
  double seconds = 0;
  double learning_rate = 0;  ///< that of its last step
  double gradient_norm = 0;  ///< mean over its batches, before clipping

  void visit_state(StateVisitor& visitor) {
    visitor.visit("epoch", epoch);
    visitor.visit("loss", loss);
    visit_optional(visitor, "validation_loss", validation_loss);
    visitor.visit("seconds", seconds);
    visitor.visit("learning_rate", learning_rate);
    visitor.visit("gradient_norm", gradient_norm);
  }
};

/// What a training gave, epoch by epoch.
struct History {
  std::vector<EpochRecord> epochs;
  std::optional<Index> best_epoch;  ///< whose weights the model has now; none: those after the last epoch
  std::string stop_reason;          ///< why training ended before its last epoch; otherwise empty

  void visit_state(StateVisitor& visitor) {
    visit_list(visitor, "epochs", epochs);
    visit_optional(visitor, "best_epoch", best_epoch);
    visitor.visit("stop_reason", stop_reason);
  }
};

}  // namespace tsattn
