#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/csv.hpp>

namespace {

using namespace tsattn;

TEST_CASE("cells are taken out one after the other, without their quotes, and rows end") {
  CsvCells cells("here", "a;\"b \"\"c\"\"; d\";\r\n1;2\n\"two\nlines\";", ';');
  CHECK(next_csv_row(cells) == std::vector<std::string>{"a", "b \"c\"; d", ""});
  CHECK(cells.line() == 2);
  CHECK(cells.next() == "1");
  CHECK_FALSE(cells.row_has_ended());
  CsvCells ahead = cells;  // looks ahead without moving the other
  CHECK(ahead.next() == "2");
  CHECK(ahead.row_has_ended());
  CHECK(cells.next() == "2");
  CHECK(next_csv_row(cells) == std::vector<std::string>{"two\nlines", ""});
  CHECK(cells.line() == 4);
  CHECK(cells.at_end());
  CsvCells open("here", "\"a\nb", ',');
  CHECK_THROWS_WITH_AS(
      open.next(), "[here] expected a quote that ends the cell whose quote begins in line 1, got the end of the text",
      DataError);
}

TEST_CASE("a cell that is a plain number is read at once, another one is left") {
  CsvCells cells("here", "1.5,2e3,x,7 ", ',');
  double value = 0;
  CHECK(cells.next_number(value));
  CHECK(value == 1.5);
  CHECK(cells.next_number(value));
  CHECK(value == 2000);
  CHECK_FALSE(cells.next_number(value));
  CHECK(cells.next() == "x");
  CHECK_FALSE(cells.next_number(value));
  CHECK(cells.next() == "7 ");
}

TEST_CASE("a number shows its decimal mark, and keeps to it") {
  const auto parsed = [](const char* text, char& mark) {
    double value = -1;
    return parse_csv_number(text, mark, value) == CsvNumber::number ? value : -1;
  };
  char mark = '\0';
  CHECK(parsed("17", mark) == 17);
  CHECK(mark == '\0');
  CHECK(parsed("+1,25", mark) == 1.25);
  CHECK(mark == ',');
  CHECK(parsed("1.25", mark) == -1);
  double value = 0;
  CHECK(parse_csv_number("1e999", mark, value) == CsvNumber::out_of_range);
  CHECK(parse_csv_number("nan", mark, value) == CsvNumber::none);
  CHECK(parse_csv_number("1 2", mark, value) == CsvNumber::none);
  CHECK(parse_csv_number("+-1", mark, value) == CsvNumber::none);
}

TEST_CASE("the separator that two rows have in common is found, quotes do not count") {
  CHECK(find_csv_separator("a;b\n1,5;2,5") == ';');
  CHECK(find_csv_separator("\"a;b\",c\n1,2") == ',');
  CHECK(find_csv_separator("a\tb\n1\t2") == '\t');
  CHECK(find_csv_separator("alone\n1") == ',');
}

TEST_CASE("lines are what is left of a text without its marks, and what is no text is named") {
  CHECK(csv_lines("here",
                  "\xEF\xBB\xBF"
                  "a,b\r\n\r\n") == "a,b");
  CHECK(without_blanks(" \ta b\t ") == "a b");
  CHECK_THROWS_WITH_AS(csv_lines("here", "\r\n"), "[here] expected a table, got an empty text", DataError);
  CHECK_THROWS_WITH_AS(csv_lines("here",
                                 "\xFF\xFE"
                                 "a"),
                       "[here] expected text in UTF-8 or another code of one byte, got UTF-16; save it as UTF-8",
                       DataError);
  CHECK_THROWS_AS(csv_lines("here", "\x1F\x8B"), DataError);
  CHECK_THROWS_AS(csv_lines("here", "PK\x03\x04"), DataError);
}

}  // namespace
