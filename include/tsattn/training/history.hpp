#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>

namespace tsattn {

/// What one epoch of training gave.
struct EpochRecord {
  Index epoch = 0;                        ///< counted from 1
  double loss = 0;                        ///< mean over the samples, each batch judged before its own step
  std::optional<double> validation_loss;  ///< after the epoch's last step; none without validation data
  double seconds = 0;
};

/// What a training gave, epoch by epoch.
struct History {
  std::vector<EpochRecord> epochs;
  std::optional<Index> best_epoch;  ///< whose weights the model has now; none: those after the last epoch
  std::string stop_reason;          ///< why training ended before its last epoch; otherwise empty
};

}  // namespace tsattn
