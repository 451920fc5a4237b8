#pragma once

#include <iosfwd>

#include <tsattn/core/compiled.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/logs/history_file.hpp>

namespace tsattn {

/// A history as the JSON of history_json.hpp.
struct JsonFormat {
  static void write(std::ostream& out, const History& history);
};

/// Keeps the history of a training as a JSON file, whole after every epoch: JsonLogger("run.json").
using JsonLogger = HistoryFile<JsonFormat>;

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/training/logs/json_logger.inl>
#endif
