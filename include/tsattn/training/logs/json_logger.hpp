#pragma once

#include <ostream>

#include <tsattn/training/logs/history_file.hpp>
#include <tsattn/training/logs/history_json.hpp>

namespace tsattn {

/// A history as the JSON of history_json.hpp.
struct JsonFormat {
  static void write(std::ostream& out, const History& history) { out << to_json(history).dump(1) << '\n'; }
};

/// Keeps the history of a training as a JSON file, whole after every epoch: JsonLogger("run.json").
using JsonLogger = HistoryFile<JsonFormat>;

}  // namespace tsattn
