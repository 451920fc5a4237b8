#include <cmath>
#include <filesystem>
#include <fstream>
#include <ios>
#include <locale>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/csv.hpp>
#include <tsattn/formats/shown_text.hpp>

#include "support/io_error.hpp"
#include "support/real_data.hpp"
#include "support/sequence_of.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

using Names = std::vector<std::string>;

Table parse(const std::string& text, const CsvOptions& options = {}) {
  // A copy of exactly the text's size, so that the address sanitizer sees every step too far.
  const std::vector<char> copy(text.begin(), text.end());
  return parse_csv({copy.data(), copy.size()}, "x.csv", options);
}

/// All numbers, row after row.
std::vector<double> numbers(const Table& table) {
  CHECK(table.values.batch() == 1);
  return {table.values.data(), table.values.data() + table.values.size()};
}

/// The same, missing values as `instead`.
std::vector<double> numbers(const Table& table, double instead) {
  std::vector<double> values = numbers(table);
  for (double& value : values)
    if (std::isnan(value)) value = instead;
  return values;
}

template <class Exception>
std::string error_of(const std::string& text, const CsvOptions& options = {}) {
  try {
    parse(text, options);
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}
std::string data_error(const std::string& text, const CsvOptions& options = {}) {
  return error_of<DataError>(text, options);
}
std::string config_error(const std::string& text, const CsvOptions& options = {}) {
  return error_of<ConfigError>(text, options);
}

}  // namespace

TEST_CASE("parse_csv: a table of times and numbers") {
  const Table table = parse("date,a,b\n2016-07-01 00:00:00,1,2.5\n2016-07-01 01:00:00,-3e2,+.5\n");
  CHECK(table.names == Names{"a", "b"});
  CHECK(numbers(table) == std::vector<double>{1, 2.5, -300, 0.5});
  CHECK(table.time_name == "date");
  REQUIRE(table.times.size() == 2);
  CHECK(text_of(table.times[1]) == "2016-07-01 01:00:00");
  CHECK(table.texts.empty());
}

TEST_CASE("parse_csv: numbers are the doubles nearest to what is written") {
  const Table table = parse("a\n0.1\n5.827000141143799\n1.7976931348623157e308\n2.2250738585072014E-308\n-0\n007\n");
  CHECK(numbers(table) ==
        std::vector<double>{0.1, 5.827000141143799, 1.7976931348623157e308, 2.2250738585072014e-308, 0, 7});
  CHECK(std::signbit(table.values(4, 0, 0)));
}

TEST_CASE("parse_csv: line breaks, the end, byte-order mark") {
  const std::vector<double> expected = {1, 2, 3, 4};
  for (const char* text :
       {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r\n1,2\r\n3,4", "a,b\n1,2\r\n3,4\n\n\r\n\n",
        "\xEF\xBB\xBF"
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4\r"}) {
    CAPTURE(text);
    const Table table = parse(text);
    CHECK(table.names == Names{"a", "b"});
    CHECK(numbers(table) == expected);
  }
}

TEST_CASE("parse_csv: quotes") {
  const Table table = parse(
      "\"a,\"\"x\"\"\",\"b\r\nc\",\"d\"\r\n\"1\",\" 2 \",\"line\n\"\"two\"\"\n, "
      "three\"\r\n3,\"\",\"\"\r\n\"4\",5,6\r\n",
      {.text_columns = {"d"}});
  CHECK(table.names == Names{"a,\"x\"", "b\r\nc"});
  CHECK(numbers(table, 99) == std::vector<double>{1, 2, 3, 99, 4, 5});
  CHECK(table.text("d").values == Names{"line\n\"two\"\n, three", "", "6"});
  // The values of a table that has less rows than lines lie where they should.
  CHECK(table.rows() == 3);
  CHECK(table.column("b\r\nc")(2) == 5);
}

TEST_CASE("parse_csv: separators are found") {
  for (const std::string separator : {",", ";", "\t", "|"}) {
    CAPTURE(separator);
    const Table table = parse("a" + separator + "b\n1" + separator + "2\n");
    CHECK(table.names == Names{"a", "b"});
    CHECK(numbers(table) == std::vector<double>{1, 2});
  }
  CHECK(parse("a; b,c,d\n1,2,3\n").names == Names{"a; b", "c", "d"});       // ; is in no row of numbers
  CHECK(parse("\"a;b\",c\n1,2\n").names == Names{"a;b", "c"});              // nor does it count in quotes
  CHECK(parse("a,b;c,d\n1,5;2,5\n").names == Names{"a,b", "c,d"});          // decimal commas are more frequent
  CHECK(parse("a b\n1\n").names == Names{"a b"});                           // there may be none
  CHECK(parse("a^b\n1^2\n", {.separator = '^'}).names == Names{"a", "b"});  // it may be any
  CHECK(parse("a;b,c\n1;2,5\n", {.separator = ';'}).names == Names{"a", "b,c"});
  CHECK(parse("a b\n1 2\n", {.separator = ' '}).names == Names{"a", "b"});
}

TEST_CASE("parse_csv: decimal commas") {
  CHECK(numbers(parse("a;b\n1,5;-2\n3;0,25\n")) == std::vector<double>{1.5, -2, 3, 0.25});
  CHECK(numbers(parse("a;b\n1.5;-2\n3;0.25\n")) == std::vector<double>{1.5, -2, 3, 0.25});
  CHECK(numbers(parse("a\tb\n1,5\t2\n", {.decimal_mark = ','})) == std::vector<double>{1.5, 2});
  CHECK(numbers(parse("a;b\n1,5;\"2,5\"\n", {.separator = ';', .decimal_mark = ','})) == std::vector<double>{1.5, 2.5});
  CHECK(numbers(parse("a,b\n1,\"2\"\n")) == std::vector<double>{1, 2});
}

TEST_CASE("parse_csv: a decimal mark that was met is that of the whole table") {
  const std::string what_to_do =
      "; name what stands for a missing value in missing_markers, a column of text in text_columns, or those to read "
      "in "
      "columns";
  CHECK(data_error("a;b\n1,5;2\n3;1.234\n") ==
        "[x.csv] expected a number with a decimal comma in line 3 (row 1, counted from 0), column \"b\", got "
        "\"1.234\"" +
            what_to_do);
  CHECK(data_error("a;b\n1.5;2\n3;1,234\n") ==
        "[x.csv] expected a number in line 3 (row 1, counted from 0), column \"b\", got \"1,234\"" + what_to_do);
  CHECK(data_error("a;b\n1.234,5;2\n") ==
        "[x.csv] expected a number in line 2 (row 0, counted from 0), column \"a\", got \"1.234,5\"" + what_to_do);
  CHECK(data_error("a\tb\n1,5\t2\n") ==
        "[x.csv] expected a number in line 2 (row 0, counted from 0), column \"a\", got \"1,5\"" + what_to_do);
}

TEST_CASE("parse_csv: missing values") {
  const Table table = parse("a,b\n,NA\nnan,NaN\nnull,NULL\n?,none\n n/a ,  \n\"\",nAn\n1,2\n");
  const std::vector<double> values = numbers(table);
  REQUIRE(values.size() == 14);
  for (std::size_t i = 0; i < 12; ++i) CHECK(std::isnan(values[i]));
  CHECK(values[12] == 1);
}

TEST_CASE("parse_csv: further missing markers, numbers in all ways to write them") {
  const CsvOptions options{.missing_markers = {"-9999", "-", "#N/A", "1e3"}};
  CHECK(numbers(parse("a,b\n-9999,-9999.00\n-,#N/A\n1000,-999.9\n +1000.0,\"-9999\"\n", options), 5) ==
        std::vector<double>{5, 5, 5, 5, 5, -999.9, 5, 5});
  CHECK(numbers(parse("a;b\n-9999,0;2,5\n", options), 5) == std::vector<double>{5, 2.5});
  CHECK(data_error("a\n#n/a\n", options).substr(0, 75) ==
        "[x.csv] expected a number in line 2 (row 0, counted from 0), column \"a\", go");
}

TEST_CASE("parse_csv: the time column") {
  const auto time_name = [](const std::string& text, const CsvOptions& options = {}) {
    const Table table = parse(text, options);
    return table.time_name + (table.has_times() ? " " + text_of(table.times[0]) : "");
  };
  CHECK(time_name("a,t\n1,2020-01-02\n") == "t 2020-01-02 00:00:00");  // found by what is in it, wherever it is
  CHECK(time_name("Month,a\n1949-02,1\n") == "Month 1949-02-01 00:00:00");
  CHECK(time_name("t;a\n01.02.2009 00:10:00;1\n") == "t 2009-02-01 00:10:00");
  CHECK(time_name("t,a\n\" 2020-01-02 \",1\n") == "t 2020-01-02 00:00:00");
  CHECK(time_name("a,b\n1,2\n").empty());
  CHECK(time_name("t,u\n2020-01-01,2021-01-01\n", {.time_column = "u", .columns = {"u"}}) == "u 2021-01-01 00:00:00");
  CHECK(time_name("t,u\n2020-01-01,2021-01-01\n", {.text_columns = {"t"}}) == "u 2021-01-01 00:00:00");
  CHECK(time_name("t,a\n2020-01-01,1\n", {.columns = {"t", "a"}}) == "t 2020-01-01 00:00:00");
  CHECK(parse("t\n2020-01-01\n2020-01-02\n").times.size() == 2);
}

TEST_CASE("parse_csv: columns that are wanted, in that order; others may hold anything") {
  const std::string text = "t,a,b,c,d\n2020-01-01,1,x,3,\"y,\"\n2020-01-02,4,,6,\"\"\"\"\n";
  const Table table = parse(text, {.columns = {"c", "a"}});
  CHECK(table.names == Names{"c", "a"});
  CHECK(numbers(table) == std::vector<double>{3, 1, 6, 4});
  CHECK(table.times.size() == 2);
  const Table with_text = parse(text, {.columns = {"a"}, .text_columns = {"d", "b"}});
  CHECK(with_text.names == Names{"a"});
  REQUIRE(with_text.texts.size() == 2);
  CHECK(with_text.texts[0].name == "d");
  CHECK(with_text.texts[0].values == Names{"y,", "\""});
  CHECK(with_text.texts[1].values == Names{"x", ""});
  CHECK(parse(text, {.text_columns = {"d", "b"}}).names == Names{"a", "c"});
}

TEST_CASE("parse_csv: without a header") {
  const Table table = parse("2020-01-01,1,2\n2020-01-02,3,4\n", {.header = false, .columns = {"column_2"}});
  CHECK(table.time_name == "column_0");
  CHECK(table.names == Names{"column_2"});
  CHECK(numbers(table) == std::vector<double>{2, 4});
  CHECK(numbers(parse("1\n", {.header = false})) == std::vector<double>{1});
  const std::string error =
      "[x.csv] expected a header with the names of the columns, got numbers in line 1; use header = false if there is "
      "none";
  CHECK(data_error("1,2\n3,4\n") == error);
  CHECK(data_error("2020-01-01,2.5,NA\n2020-01-02,3,4\n") == error);
  CHECK(data_error("1,5;2,5\n1,5;2,5\n") == error);
  CHECK(parse("2020-01-01,a\n2020-01-02,1\n").names == Names{"a"});
}

TEST_CASE("parse_csv: names of any bytes") {
  const std::string name = "SWDR (W/m\xB2)";
  const Table table = parse("t," + name + ",\n2020-01-01,1,2\n", {.columns = {name, ""}});
  CHECK(table.names == Names{name, ""});
  CHECK(data_error("t," + name + "\n2020-01-01,x\n").find("column \"SWDR (W/m\xEF\xBF\xBD)\", got \"x\"") !=
        std::string::npos);
}

TEST_CASE("parse_csv: texts that are no table") {
  const std::string empty = "[x.csv] expected a table, got an empty text";
  CHECK(data_error("") == empty);
  CHECK(data_error("\r\n\n") == empty);
  CHECK(data_error("\xEF\xBB\xBF\n") == empty);
  CHECK(data_error("a,b\n") == "[x.csv] expected rows behind the header, got none");
  CHECK(data_error("a,b\r1,2\r") ==
        "[x.csv] expected rows behind the header, got none; lines that end in CR alone need LF or CRLF");
  CHECK(data_error("a,b,a\n1,2,3\n") == "[x.csv] expected different names in the header, got \"a\" twice");
  CHECK(data_error("\x1F\x8B\x08") ==
        "[x.csv] expected text, got a gzip file; read_csv_or_gzip (data/csv_gzip.hpp) reads it");
  CHECK(data_error("PK\x03\x04x") == "[x.csv] expected text, got a zip archive; unpack it first");
  CHECK(data_error(std::string("\xFF\xFE"
                               "a\0",
                               4)) ==
        "[x.csv] expected text in UTF-8 or another code of one byte, got UTF-16; save it as UTF-8");
}

TEST_CASE("parse_csv: blank lines before the end") {
  const auto error = [](int line) {
    return "[x.csv] expected no blank line before the end, got one, line " + std::to_string(line) +
           "; remove it, or write NA for a missing value";
  };
  CHECK(data_error("\na\n1\n") == error(1));
  CHECK(data_error("a\n\n1\n") == error(2));
  CHECK(data_error("a,b\r\n1,2\r\n\r\n3,4\r\n") == error(3));
  CHECK(data_error("\"a\nx\",b\n1,2\n\n3,4\n") == error(4));
}

TEST_CASE("parse_csv: rows of other lengths") {
  const auto error = [](int line, int row, int expected, int count) {
    return "[x.csv] expected " + std::to_string(expected) + (expected == 1 ? " cell" : " cells") + " in line " +
           std::to_string(line) + " (row " + std::to_string(row) + ", counted from 0), as in line 1, got " +
           std::to_string(count);
  };
  CHECK(data_error("a,b,c\n1,2,3\n4,5\n") == error(3, 1, 3, 2));
  CHECK(data_error("a,b,c\n1,2,3\n4,5,6,7,8\n9,9,9\n") == error(3, 1, 3, 5));
  CHECK(data_error("a,b,c\n1\n") == error(2, 0, 3, 1));
  CHECK(data_error("a,b\n1,2,\n") == error(2, 0, 2, 3));
  CHECK(data_error("a\n1,2\n", {.separator = ','}) == error(2, 0, 1, 2));
  CHECK(data_error("\"a\nx\",b\n1,\"\n\n\"\n1\n", {.text_columns = {"b"}}) ==
        error(6, 1, 2, 1));                                          // lines in quotes are counted
  CHECK(data_error("a,b,c,d,e,f,g,h\n\"1\"") == error(2, 0, 8, 1));  // when there is room for no row at all
}

TEST_CASE("parse_csv: cells that are no number") {
  const std::string what_to_do =
      "; name what stands for a missing value in missing_markers, a column of text in text_columns, or those to read "
      "in "
      "columns";
  const auto error = [&](const std::string& cell, const std::string& shown) {
    return data_error("a,b\n1,2\n3," + cell + "\n") ==
           "[x.csv] expected a number in line 3 (row 1, counted from 0), column \"b\", got \"" + shown + "\"" +
               what_to_do;
  };
  for (const char* cell : {"x", "1x", "1 2", "0x10", "--1", "+-1", "+", "-", ".", "e5", "1e", "nano", "-nan", "nan(1)",
                           "1.2.3", "12:30", "'1'", "1_000"}) {
    CAPTURE(cell);
    CHECK(error(cell, cell));
  }
  CHECK(error("\"1,5\"", "1,5"));
  CHECK(error(std::string("1\0", 2), "1\xEF\xBF\xBD"));
  CHECK(error("1\r", "1\xEF\xBF\xBD") == false);  // belongs to the line break
  CHECK(error("1\r2",
              "1\xEF\xBF\xBD"
              "2"));
  CHECK(error("\xB5m", "\xEF\xBF\xBDm"));
  CHECK(data_error("a,b\n1,2\n3,2020-01-01\n") ==
        "[x.csv] expected a number in line 3 (row 1, counted from 0), column \"b\", got the time \"2020-01-01\"; name "
        "the column in time_column, or those to read in columns");
}

TEST_CASE("parse_csv: numbers that no double can hold") {
  for (const std::string cell : {"inf", "-inf", "Infinity", "1e999", "-1e999", "1e-999", "+inf"}) {
    CAPTURE(cell);
    CHECK(
        data_error("a,b\n" + cell + ",2\n") ==
        "[x.csv] expected a finite number that a double can hold in line 2 (row 0, counted from 0), column \"a\", got "
        "\"" +
            cell + "\"");
  }
}

TEST_CASE("parse_csv: cells that are no time") {
  for (const std::string cell : {"", "NA", "2020-02-30", "2020-01-01 24:00"}) {
    CAPTURE(cell);
    CHECK(data_error("t,b\n2020-01-01,2\n" + cell + ",2\n") ==
          "[x.csv] expected a time such as 2016-07-01 00:10:00 or 01.07.2016 00:10 in line 3 (row 1, counted from 0), "
          "column \"t\", got \"" +
              cell + "\"");
  }
}

TEST_CASE("parse_csv: quotes that do not fit") {
  CHECK(data_error("a,b\n1,\"2\n3,4\n") ==
        "[x.csv] expected a quote that ends the cell whose quote begins in line 2, got the end of the text");
  CHECK(data_error("a,b\n1,\"") ==
        "[x.csv] expected a quote that ends the cell whose quote begins in line 2, got the end of the text");
  CHECK(data_error("a,b\n1,\"2\"x\n3,4\n") ==
        "[x.csv] expected a separator or the end of line 2 behind the quoted cell \"2\", got \"x\"; a quote inside a "
        "quoted cell is written twice");
  CHECK(parse("a,b\n1,x\"y\"\n", {.text_columns = {"b"}}).text("b").values == Names{"x\"y\""});
}

TEST_CASE("parse_csv: options that contradict each other or the text") {
  const std::string text = "t,a,b\n2020-01-01,1,2\n";
  for (const char separator : {'"', '\n', '\r', '.', '-', '+', '5', 'e', 'N'})
    CHECK(config_error(text, {.separator = separator}) ==
          "[x.csv] expected a separator that is no part of a number, a text or a line break, got " +
              shown_text({&separator, 1}));
  CHECK(config_error(text, {.decimal_mark = ' '}) == "[x.csv] expected the decimal mark \".\" or \",\", got \" \"");
  const std::string both = "[x.csv] expected a decimal mark other than the separator, got \",\" for both";
  CHECK(config_error(text, {.separator = ',', .decimal_mark = ','}) == both);
  CHECK(config_error(text, {.decimal_mark = ','}) == both);
  const std::string twice = "[x.csv] expected every column once in columns and text_columns, got \"a\" twice";
  CHECK(config_error(text, {.columns = {"a", "a"}}) == twice);
  CHECK(config_error(text, {.columns = {"a"}, .text_columns = {"a"}}) == twice);
  CHECK(config_error(text, {.time_column = "a", .text_columns = {"a"}}) ==
        "[x.csv] expected a time column that is no text column, got \"a\" for both");
  CHECK(config_error(text, {.columns = {"A"}}) == "[x.csv] expected a column, got \"A\"; is \"a\" meant?");
  CHECK(config_error(text, {.text_columns = {"date"}}) ==
        "[x.csv] expected one of the columns \"t\", \"a\", \"b\", got \"date\"");
  CHECK(config_error(text, {.time_column = "date"}) ==
        "[x.csv] expected one of the columns \"t\", \"a\", \"b\", got \"date\"");
}

TEST_CASE("parse_csv: the program's locale changes nothing") {
  struct CommaPoint : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale(), new CommaPoint));
  const Table table = parse("t,a\n2020-01-01,1234.5\n");
  const Table german = parse("t;a\n01.01.2020;1234,5\n");
  const std::string error = data_error("a\n1.234.5\n");
  std::locale::global(before);
  CHECK(table.values(0, 0, 0) == 1234.5);
  CHECK(german.values(0, 0, 0) == 1234.5);
  CHECK(text_of(table.times[0]) == "2020-01-01 00:00:00");
  CHECK(error.find("in line 2 (row 0, counted from 0)") != std::string::npos);
}

TEST_CASE("parse_csv: many rows, whose number was not known before") {
  std::string text = "t,a,\"b\"\n";
  TimeStamp time = parse_time_stamp("2020-01-01");
  for (int i = 0; i < 5000; ++i, time += std::chrono::minutes(10))
    text += text_of(time) + "," + std::to_string(i) + "," + (i % 3 == 0 ? "\"\n\"" : i % 3 == 1 ? " 1.5 " : "") + "\n";
  const Table table = parse(text, {.columns = {"a"}, .text_columns = {"b"}});
  CHECK(table.rows() == 5000);
  CHECK(table.times.size() == 5000);
  CHECK(table.text("b").values.size() == 5000);
  bool is_right = true;
  for (int i = 0; i < 5000; ++i) is_right = is_right && table.values(i, 0, 0) == i;
  CHECK(is_right);
  CHECK(table.times.back() == time - std::chrono::minutes(10));
}

TEST_CASE("read_csv: a file, and one that cannot be read") {
  const TemporaryFolder folder;
  const auto path = folder / "a.csv";
  std::string text = "a,b\n";
  while (text.size() < 3'000'000) text += "1.25,2\n";  // more than one block
  std::ofstream(path, std::ios::binary) << text;
  const Table table = read_csv(path);
  CHECK(table.rows() == static_cast<Index>((text.size() - 4) / 7));
  CHECK(table.values(table.rows() - 1, 0, 0) == 1.25);

  const auto in = [](const std::filesystem::path& file) { return "[read_csv \"" + file.string() + "\"] "; };
  std::ofstream(path, std::ios::binary) << "a\nx\n";
  CHECK_THROWS_WITH_AS(read_csv(path),
                       (in(path) + "expected a number in line 2 (row 0, counted from 0), column \"a\", got \"x\"; name "
                                   "what stands for a missing value in missing_markers, a column of text in "
                                   "text_columns, or those to read in columns")
                           .c_str(),
                       DataError);
  std::ofstream(path, std::ios::binary) << "";
  CHECK_THROWS_WITH_AS(read_csv(path), (in(path) + "expected a table, got an empty text").c_str(), DataError);
  CHECK(io_error([&] { read_csv(folder / "b.csv"); }) ==
        in(folder / "b.csv") + "cannot read the file: No such file or directory");
  CHECK(io_error([&] { read_csv(folder.path()); }) == in(folder.path()) + "cannot read the file: Is a directory");
}

TEST_CASE("read_csv: ETTh1") {
  const auto path = real_file("ETTh1.csv");
  if (!path) return;
  const Table table = read_csv(*path);
  CHECK(table.names == Names{"HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"});
  CHECK(table.rows() == 17420);
  CHECK(text_of(table.times.front()) == "2016-07-01 00:00:00");
  CHECK(text_of(table.times.back()) == "2018-06-26 19:00:00");
  CHECK(table.values(0, 0, 0) == 5.827000141143799);
  CHECK(table.column("OT")(17419) == 9.56700038909912);
}

TEST_CASE("read_csv: Jena climate, airline passengers, AMZN") {
  if (const auto path = real_file("jena_climate_jan2009.csv")) {
    const Table table = read_csv(*path);
    CHECK(table.rows() == 4000);
    CHECK(table.columns() == 11);
    CHECK(table.time_name == "Date Time");
    CHECK(text_of(table.times.back()) == "2009-01-28 18:40:00");
    CHECK(table.column("rho (g/m**3)")(3999) == 1277.05);
  }
  if (const auto path = real_file("airline-passengers.csv")) {
    const Table table = read_csv(*path);
    CHECK(table.rows() == 144);
    CHECK(text_of(table.times.back()) == "1960-12-01 00:00:00");
    CHECK(table.column("Passengers")(143) == 432);
  }
  if (const auto path = real_file("AMZN_train.csv")) {
    const Table table = read_csv(*path, {.columns = {"Close"}});
    CHECK(table.rows() == 4781);
    CHECK(table.names == Names{"Close"});
    CHECK(table.values(0, 0, 0) == 1.958333);
  }
}
