// The texts of pictures: how wide they are, where they are broken, and how much room the heading leaves for them.

#include <clocale>
#include <locale>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/plot/labels.hpp>

#include "plot/pictures.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;
using Lines = std::vector<std::string>;

TEST_CASE("the width of a text is that of its characters, not of its bytes") {
  CHECK(text_width("") == 0);
  CHECK(text_width("abc") == 3);
  CHECK(text_width("°C") == 2);
  CHECK(text_width("日本") == 4);
  CHECK(text_width("\xF0\x9F\x8C\xA1") == 2);  // U+1F321, in 4 bytes
}

TEST_CASE("a text that is too long is cut between characters") {
  CHECK(shortened("abcd", 4) == "abcd");
  CHECK(shortened("abcde", 4) == "abc…");
  CHECK(shortened("°°°°°", 4) == "°°°…");
  CHECK(shortened("日本日本", 4) == "日…");
}

TEST_CASE("a text is broken at blanks, or in a word that is too long") {
  CHECK(broken_text("", 10) == Lines{""});
  CHECK(broken_text("one two", 7) == Lines{"one two"});
  CHECK(broken_text("one two three", 8) == Lines{"one two", "three"});
  CHECK(broken_text("one two", 3) == Lines{"one", "two"});
  CHECK(broken_text("abcdefgh", 3) == Lines{"abc", "def", "gh"});
  CHECK(broken_text("°°°°", 3) == Lines{"°°°", "°"});
  CHECK(broken_text("one two three four", 5) == Lines{"one", "two", "thre…"});
  CHECK(broken_text("one two three", 5, 1) == Lines{"one …"});
  CHECK(gnuplot_lines({"it's", "two"}) == "'it''s'.\"\\n\".'two'");
}

TEST_CASE("the heading leaves room for the lines of the title and the rows of the legend") {
  CHECK(heading("title", {}) == "set title 'title' offset 0, 0.3\nset tmargin 3.6\n");
  CHECK(heading("title", {"a", "b"}) ==
        "set title 'title' offset 0, 1.6\nset tmargin 5\n"
        "set key at graph 0.5, graph 1.02 center bottom horizontal reverse Left samplen 2.5 maxcols 2\n");
  const std::string half(45, 'a');
  // A name of 45 places takes 45 * 9.2 + 65 = 479 of 1050 pixels: two columns, three rows.
  const std::string five = heading("title", {half, half, half, half, "b"});
  CHECK(contains(five, "offset 0, 3.6\nset tmargin 7\n"));
  CHECK(contains(five, "maxcols 2\n"));
  CHECK(contains(heading("title", {std::string(200, 'a')}), "maxcols 1\n"));
  // 80 places of a title fit; each further line takes 1.4 more.
  CHECK(contains(heading(std::string(81, 'a'), {}), "'.\"\\n\".'a' offset 0, 0.3\nset tmargin 5\n"));
  CHECK(contains(heading(std::string(81, 'a'), {}, {.width = 1300}), "set tmargin 3.6\n"));
}

/// Writes 1234.5 as 1.234,5.
class CommaNumbers : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST_CASE("numbers are the same in every locale") {
  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new CommaNumbers));
  CHECK(number_text(1234.5, 6) == "1234.5");
  CHECK(contains(heading("title", {}), "offset 0, 0.3\n"));
  std::locale::global(old);
}

}  // namespace
