#pragma once

#include <ostream>

#include <nlohmann/json.hpp>

#include <tsattn/training/logs/history_json.hpp>
#include <tsattn/training/logs/json_logger.hpp>

namespace tsattn {

TSATTN_JSON_FUNCTION void JsonFormat::write(std::ostream& out, const History& history) {
  out << to_json(history).dump(1) << '\n';
}

}  // namespace tsattn
