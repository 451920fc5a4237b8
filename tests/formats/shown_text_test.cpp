#include <string>

#include <doctest/doctest.h>

#include <tsattn/formats/shown_text.hpp>

namespace {

using namespace tsattn;

const std::string kNone = "\xEF\xBF\xBD";  // U+FFFD

TEST_CASE("text of every length of character is shown as it is") {
  for (const std::string text : {"", "plain ~", "2°C", "€", "日本", "\U0001F600", "\xC2\xA0", "\xF4\x8F\xBF\xBF"})
    CHECK(printable_utf8(text) == text);
}

TEST_CASE("what is no UTF-8 is replaced byte by byte, and what is behind it is shown") {
  CHECK(printable_utf8("a\xE9z") == "a" + kNone + "z");  // Latin-1
  CHECK(printable_utf8("\xE2\x82") == kNone + kNone);    // cut off
  CHECK(printable_utf8("\xE2\x82z") == kNone + kNone + "z");
  CHECK(printable_utf8("\x80") == kNone);                                      // a tail without a lead
  CHECK(printable_utf8("\xC0\xAF") == kNone + kNone);                          // '/' in two bytes
  CHECK(printable_utf8("\xE0\x9F\xBF") == kNone + kNone + kNone);              // overlong
  CHECK(printable_utf8("\xED\xA0\x80") == kNone + kNone + kNone);              // a surrogate
  CHECK(printable_utf8("\xF4\x90\x80\x80") == kNone + kNone + kNone + kNone);  // beyond U+10FFFF
  CHECK(printable_utf8("\xF0\x8F\xBF\xBF") == kNone + kNone + kNone + kNone);
  CHECK(printable_utf8("\xFF") == kNone);
}

TEST_CASE("control characters move no cursor") {
  CHECK(printable_utf8("a\nb\x1B[2J\x7F") == "a" + kNone + "b" + kNone + "[2J" + kNone);
  CHECK(printable_utf8(std::string("\0", 1)) == kNone);
  CHECK(printable_utf8("\xC2\x9B") == kNone + kNone);  // U+009B, which begins commands of terminals too
}

TEST_CASE("a text that is too long ends after so many characters, not bytes") {
  CHECK(printable_utf8("°°°", 3) == "°°°");
  CHECK(printable_utf8("°°°", 2) == "°°...");
  CHECK(printable_utf8("abc", 0) == "...");
  CHECK(printable_utf8("", 0) == "");
}

TEST_CASE("in messages it stands in quotes, with at most 60 characters") {
  CHECK(shown_text("2°C") == "\"2°C\"");
  CHECK(shown_text(std::string(60, 'x')) == '"' + std::string(60, 'x') + '"');
  CHECK(shown_text(std::string(61, 'x')) == '"' + std::string(60, 'x') + "...\"");
  CHECK(shown_text("abc", 2) == "\"ab...\"");
}

}  // namespace
