#pragma once

#include <nlohmann/json_fwd.hpp>

#include <tsattn/core/compiled.hpp>
#include <tsattn/training/history.hpp>

namespace tsattn {

/// A history as JSON, for a log file:
///   {"epochs": [{"epoch": 1, "loss": 0.1, "validation_loss": 0.2 or null, "seconds": 0.3, "learning_rate": 0.001,
///                "gradient_norm": 0.4}, ...],
///    "best_epoch": 7 or null, "stop_reason": "" or a sentence}
nlohmann::json to_json(const History& history);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/training/logs/history_json.inl>
#endif
