// JSON that came from a file.

#include <cstdint>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/formats/strict_json.hpp>

#include "support/io_error.hpp"

namespace strict_json_test {
namespace {

using namespace tsattn;
using namespace tsattn::test;

std::string error(const std::string& text, int most_levels = 32) {
  return io_error([&] { parse_strict_json("here", text, most_levels); });
}

bool begins_with(const std::string& text, const std::string& part) { return text.compare(0, part.size(), part) == 0; }

TEST_CASE("what JSON says comes back") {
  const nlohmann::json json =
      parse_strict_json("here", R"({"a": [1, -2, 3.5, true, null, "ä\n"], "b": {"a": {}}, "c": 18446744073709551615})"
                                "  \n");
  CHECK(json["a"][0] == 1);
  CHECK(json["a"][1] == -2);
  CHECK(json["a"][2] == 3.5);
  CHECK(json["a"][3] == true);
  CHECK(json["a"][4].is_null());
  CHECK(json["a"][5] == "ä\n");
  CHECK(json["b"]["a"].empty());
  CHECK(json["c"].get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_strict_json("here", "7") == 7);
}

TEST_CASE("a name that occurs twice in one object is an error, in two objects it is none") {
  CHECK(error(R"({"a": 1, "b": {"a": [{"a": 2}, {"a": 3}]}, "c": {"a": 4}})") == "");
  CHECK(error(R"({"a": 1, "a": 1})") == "[here] expected every name once in an object of the JSON, got \"a\" twice");
  CHECK(error(R"({"x": [{"b": {"c": 1}, "d": 0, "b": 2}]})") ==
        "[here] expected every name once in an object of the JSON, got \"b\" twice");
  CHECK(error(R"({"ab": 1, "a\u0062": 1})") ==
        "[here] expected every name once in an object of the JSON, got \"ab\" twice");
}

TEST_CASE("nesting is limited to the level") {
  const std::string deeper = "[here] expected JSON of at most 3 levels, got one that is nested deeper";
  for (const char* text :
       {"[[[]]]", "[[[1]]]", "[[{}]]", R"([{"a":[]}])", R"({"a":{"a":{}}})", R"({"a":{"a":{"a":1}}})"})
    CHECK(error(text, 3) == "");
  for (const char* text :
       {"[[[[]]]]", "[[[[1]]]]", "[[[{}]]]", R"([{"a":[[]]}])", R"({"a":{"a":{"a":{}}}})", R"({"a":{"a":{"a":[1]}}})"})
    CHECK(error(text, 3) == deeper);
  CHECK(error(std::string(1'000'000, '[')) ==
        "[here] expected JSON of at most 32 levels, got one that is nested deeper");
  CHECK(error("[[],[],{}]", 2) == "");  // levels are left again
}

TEST_CASE("text that is no JSON is an error that says where") {
  CHECK(
      error("") ==
      "[here] expected JSON, got text that is none: [json.exception.parse_error.101] parse error at line 1, column 1: "
      "syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal");
  CHECK(error(std::string("{}\0", 3)) == "[here] expected JSON, got text with a zero byte, the 3th");
  CHECK(error(std::string("\0", 1)) == "[here] expected JSON, got text with a zero byte, the 1th");
  const std::string start = "[here] expected JSON, got text that is none: [json.exception.";
  for (const char* text :
       {"{", "{}}", "[1,]", "{'a': 1}", "NaN", "[Infinity]", "01", "1e", "\"", "\"\\ud800\"", "\"\xff\"",
        "\"\xc0\x80\"", "// no\n1", "{\"a\": 1e999}", "nul", "\"a\nb\"", "{\"a\"}", "{1: 2}"}) {
    CAPTURE(text);
    CHECK(begins_with(error(text), start));
  }
}

TEST_CASE("an integer is one that is written as one, and in the range") {
  constexpr Index kMost = std::numeric_limits<Index>::max();
  const auto is = [](const char* text, auto... range) { return is_integer(nlohmann::json::parse(text), range...); };
  CHECK(is("0"));
  CHECK(is("-1"));
  CHECK(is("9223372036854775807"));
  CHECK(is("-9223372036854775808"));
  CHECK(!is("9223372036854775808"));
  CHECK(!is("18446744073709551615"));
  CHECK(!is("18446744073709551616"));
  for (const char* text : {"1.0", "1e3", "-0.0", "true", "\"1\"", "null", "[1]", "{}"}) CHECK(!is(text));
  CHECK(is("0", Index{0}));
  CHECK(!is("-1", Index{0}));
  CHECK(is("9223372036854775807", Index{0}, kMost));
  CHECK(is("5", Index{0}, Index{5}));
  CHECK(!is("6", Index{0}, Index{5}));
  CHECK(!is("18446744073709551615", Index{-1}, Index{5}));  // -1 if it were converted first
  CHECK(is_integer(nlohmann::json(5), 0, 5));
  CHECK(!is_integer(nlohmann::json(6), 0, 5));  // made by a program, and signed
}

TEST_CASE("an excerpt is ASCII and short") {
  CHECK(excerpt({{"a", {1, 2.5, nullptr}}}) == R"({"a":[1,2.5,null]})");
  CHECK(excerpt("ä\n") == R"("\u00e4\n")");
  CHECK(excerpt("\xff") == R"("\ufffd")");
  CHECK(excerpt(std::string(198, 'a')) == '"' + std::string(198, 'a') + '"');
  CHECK(excerpt(std::string(199, 'a')) == '"' + std::string(199, 'a') + "...");
}

}  // namespace
}  // namespace strict_json_test
