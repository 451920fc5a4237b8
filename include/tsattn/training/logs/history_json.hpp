#pragma once

#include <nlohmann/json.hpp>

#include <tsattn/training/history.hpp>

namespace tsattn {

/// A history as JSON, for a log file:
///   {"epochs": [{"epoch": 1, "loss": 0.1, "validation_loss": 0.2 or null, "seconds": 0.3, "learning_rate": 0.001,
///                "gradient_norm": 0.4}, ...],
///    "best_epoch": 7 or null, "stop_reason": "" or a sentence}
inline nlohmann::json to_json(const History& history) {
  nlohmann::json epochs = nlohmann::json::array();
  for (const EpochRecord& record : history.epochs)
    epochs.push_back(
        {{"epoch", record.epoch},
         {"loss", record.loss},
         {"validation_loss", record.validation_loss ? nlohmann::json(*record.validation_loss) : nlohmann::json()},
         {"seconds", record.seconds},
         {"learning_rate", record.learning_rate},
         {"gradient_norm", record.gradient_norm}});
  return {{"epochs", epochs},
          {"best_epoch", history.best_epoch ? nlohmann::json(*history.best_epoch) : nlohmann::json()},
          {"stop_reason", history.stop_reason}};
}

}  // namespace tsattn
