#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/strict_json.hpp>

namespace tsattn {

TSATTN_JSON_FUNCTION std::string excerpt(const nlohmann::json& value) {
  constexpr std::size_t kMost = 200;
  const std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
  return text.size() > kMost ? text.substr(0, kMost) + "..." : text;
}

TSATTN_JSON_FUNCTION bool is_integer(const nlohmann::json& value, Index smallest, Index largest) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(largest)) return false;
  return value.get<Index>() >= smallest && value.get<Index>() <= largest;
}

namespace strict_json_parts {

/// Reads JSON without keeping it and throws what parse_strict_json demands beyond the grammar. The parser's own
/// callback could do the same while it builds the values, but looks through an object again whenever one of its
/// members ends: minutes for the header of a file with 100 000 tensors.
class Checks final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Checks(std::string_view where, int most_levels) : where_(where), most_levels_(most_levels) {}

  bool start_object(std::size_t) override {
    names_.emplace_back();
    return enter();
  }
  bool key(string_t& name) override {
    if (!names_.back().insert(name).second)
      fail<IoError>(where_, "expected every name once in an object of the JSON, got \"", name, "\" twice");
    return true;
  }
  bool end_object() override {
    names_.pop_back();
    return leave();
  }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  /// The parser that builds the values says it again, as an exception.
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  bool enter() {
    if (++levels_ > most_levels_)
      fail<IoError>(where_, "expected JSON of at most ", most_levels_, " levels, got one that is nested deeper");
    return true;
  }
  bool leave() {
    --levels_;
    return true;
  }

  std::string_view where_;
  int most_levels_;
  int levels_ = 0;                                         // of objects and lists that are open
  std::vector<std::set<std::string, std::less<>>> names_;  // of the objects that are open
};

}  // namespace strict_json_parts

TSATTN_JSON_FUNCTION nlohmann::json parse_strict_json(std::string_view where, std::string_view text, int most_levels) {
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    fail<IoError>(where, "expected JSON, got text with a zero byte, the ", zero + 1, "th");
  strict_json_parts::Checks checks(where, most_levels);
  nlohmann::json::sax_parse(text.begin(), text.end(), &checks);
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::exception& error) {
    fail<IoError>(where, "expected JSON, got text that is none: ", error.what());
  }
}

}  // namespace tsattn
