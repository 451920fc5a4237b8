#pragma once

#include <nlohmann/json.hpp>

#include <tsattn/training/logs/history_json.hpp>

namespace tsattn {

TSATTN_JSON_FUNCTION nlohmann::json to_json(const History& history) {
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
