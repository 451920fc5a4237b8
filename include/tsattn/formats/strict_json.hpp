#pragma once

#include <limits>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>

namespace tsattn {

/// A JSON value as a message can show it: in ASCII, without its end if it is long.
std::string excerpt(const nlohmann::json& value);

/// Whether a JSON value is an integer from `smallest` to `largest`, for which 1.0 and 1e3 do not count.
bool is_integer(const nlohmann::json& value, Index smallest = (std::numeric_limits<Index>::min)(),
                Index largest = (std::numeric_limits<Index>::max)());

/// Parses JSON that came from a file. Stricter than the parser alone: a name that occurs twice in one object is an
/// error (one of its values would be lost), and so are nesting deeper than `most_levels` and a zero byte, which the
/// parser takes for the end. Throws IoError, with `where` in front, saying what is wrong and at which byte.
nlohmann::json parse_strict_json(std::string_view where, std::string_view text, int most_levels = 32);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/formats/strict_json.inl>
#endif
