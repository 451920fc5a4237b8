#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/table.hpp>
#include <tsattn/formats/shown_text.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace table_test {
namespace {

using Names = std::vector<std::string>;

/// Three rows of two numbers, a time and a text.
Table small_table() {
  return {.values = sequence_of({3, 1, 2}, {1., 10., 2., 20., 3., 30.}),
          .names = {"T (degC)", "rh (%)"},
          .times = {parse_time_stamp("2020-01-01"), parse_time_stamp("2020-01-02"), parse_time_stamp("2020-01-03")},
          .time_name = "date",
          .texts = {{"place", {"a", "b", "c"}}}};
}

Table table_of(const Names& names) {
  return {.values = Sequence<double>({0, 1, static_cast<Index>(names.size())}), .names = names};
}

std::string error_of(const Names& names, const std::string& wanted) {
  try {
    table_of(names).index_of(wanted);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("Table: columns by name are views") {
  Table table = small_table();
  CHECK(table.rows() == 3);
  CHECK(table.columns() == 2);
  CHECK(table.has_times());
  CHECK(table.index_of("rh (%)") == 1);
  CHECK(table.column("rh (%)") == Eigen::Vector3d(10, 20, 30));
  table.column("rh (%)")(1) = -1;
  CHECK(table.values(1, 0, 1) == -1);
  const Table& same = table;
  CHECK(same.column("T (degC)") == Eigen::Vector3d(1, 2, 3));
  CHECK(table.text("place").values == Names{"a", "b", "c"});
  CHECK(Table{}.rows() == 0);
  CHECK(Table{}.columns() == 0);
  CHECK_FALSE(Table{}.has_times());
}

TEST_CASE("Table: an unknown column is answered with what may be meant") {
  const Names jena = {"p (mbar)", "T (degC)", "Tpot (K)", "Tdew (degC)", "wv (m/s)", "max. wv (m/s)"};
  const auto meant = [](const std::string& wanted, const std::string& names) {
    return "[Table] expected a column, got \"" + wanted + "\"; is " + names + " meant?";
  };
  CHECK(error_of(jena, "T") == meant("T", "\"T (degC)\""));                  // without its unit,
  CHECK(error_of(jena, "t (degc)") == meant("t (degc)", "\"T (degC)\""));    // in other letters,
  CHECK(error_of(jena, "T(degC) ") == meant("T(degC) ", "\"T (degC)\""));    // with other blanks,
  CHECK(error_of(jena, "max wv") == meant("max wv", "\"max. wv (m/s)\""));   // a point left out,
  CHECK(error_of(jena, "Tpott (K)") == meant("Tpott (K)", "\"Tpot (K)\""));  // a letter too many
  CHECK(error_of({"OT", "LT", "OY", "OTX", "x"}, "OTT") == meant("OTT", "\"OT\", \"OTX\""));
  CHECK(error_of({"ab", "ac", "ad", "ae"}, "af") == meant("af", "\"ab\", \"ac\", \"ad\""));  // three at most
}

TEST_CASE("Table: an unknown column that is near to none is answered with all") {
  CHECK(error_of({"a", "b"}, "x") == "[Table] expected one of the columns \"a\", \"b\", got \"x\"");
  CHECK(error_of({"a", "b"}, "") == "[Table] expected one of the columns \"a\", \"b\", got \"\"");
  CHECK(error_of({}, "x") == "[Table] expected a column, got \"x\"; there are none");
  Names many;
  std::string listed;
  for (int i = 0; i < 32; ++i) {
    many.push_back("column " + std::to_string(i));
    if (i < 30) listed += (i > 0 ? ", \"" : "\"") + many.back() + '"';
  }
  CHECK(error_of(many, "x") == "[Table] expected one of the columns " + listed + " and 2 more, got \"x\"");
  const std::string long_name(1'000'000, 'x');  // would take hours to compare
  CHECK(error_of({long_name}, long_name + "y") == "[Table] expected one of the columns \"" + std::string(60, 'x') +
                                                      "...\", got \"" + std::string(60, 'x') + "...\"");
}

TEST_CASE("Table: names that are no UTF-8 are found as they are and shown repaired") {
  const std::string name = "SWDR (W/m\xB2)";
  CHECK(table_of({"a", name}).index_of(name) == 1);
  CHECK(error_of({name}, "SWDR") == "[Table] expected a column, got \"SWDR\"; is \"SWDR (W/m\xEF\xBF\xBD)\" meant?");
}

TEST_CASE("Table: times and texts are no columns of numbers") {
  CHECK_THROWS_WITH_AS(small_table().index_of("date"),
                       "[Table] expected a column of numbers, got \"date\", the time column", ConfigError);
  CHECK_THROWS_WITH_AS(small_table().column("place"),
                       "[Table] expected a column of numbers, got \"place\", a text column", ConfigError);
  CHECK_THROWS_WITH_AS(small_table().text("Place"),
                       "[Table: text columns] expected a column, got \"Place\"; is \"place\" meant?", ConfigError);
}

TEST_CASE("Table: append_columns") {
  Table table = small_table();
  table.append_columns({"x", "y"}, sequence_of({3, 1, 2}, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6}));
  CHECK(table.names == Names{"T (degC)", "rh (%)", "x", "y"});
  CHECK(same_bits(table.values, sequence_of({3, 1, 4}, {1., 10., 0.1, 0.2, 2., 20., 0.3, 0.4, 3., 30., 0.5, 0.6})));
  table.append_columns({}, Sequence<double>({3, 1, 0}));
  CHECK(table.columns() == 4);
}

TEST_CASE("Table: append_columns refuses other shapes and names that are there, and changes nothing") {
  Table table = small_table();
  CHECK_THROWS_WITH_AS(table.append_columns({"x"}, Sequence<double>({2, 1, 1})),
                       "[Table::append_columns] expected columns [time=3, batch=1, features=1], got [time=2, batch=1, "
                       "features=1]",
                       ShapeError);
  for (const std::string name : {"rh (%)", "date", "place"})
    CHECK_THROWS_WITH_AS(
        table.append_columns({"x", name}, Sequence<double>({3, 1, 2})),
        ("[Table::append_columns] expected new names, got \"" + name + "\", which is a column already").c_str(),
        ConfigError);
  CHECK_THROWS_WITH_AS(table.append_columns({"x", "x"}, Sequence<double>({3, 1, 2})),
                       "[Table::append_columns] expected new names, got \"x\", which is a column already", ConfigError);
  CHECK(table.names == small_table().names);
  CHECK(same_bits(table.values, small_table().values));
}

TEST_CASE("Table: select_columns and without_columns") {
  Table table = small_table();
  table.append_columns({"x"}, sequence_of({3, 1, 1}, {7., 8., 9.}));
  const Table selected = select_columns(table, Names{"x", "T (degC)"});
  CHECK(selected.names == Names{"x", "T (degC)"});
  CHECK(same_bits(selected.values, sequence_of({3, 1, 2}, {7., 1., 8., 2., 9., 3.})));
  CHECK(selected.times == table.times);
  CHECK(selected.time_name == "date");
  CHECK(selected.text("place").values == Names{"a", "b", "c"});
  CHECK(same_bits(without_columns(table, Names{"rh (%)"}).values, sequence_of({3, 1, 2}, {1., 7., 2., 8., 3., 9.})));
  CHECK_THROWS_WITH_AS(select_columns(table, Names{"x", "x"}),
                       "[select_columns] expected every column once, got \"x\" twice", ConfigError);
  CHECK_THROWS_WITH_AS(without_columns(table, Names{"rh"}),
                       "[Table] expected a column, got \"rh\"; is \"rh (%)\" meant?", ConfigError);
}

TEST_CASE("Table: select_rows") {
  const Table table = small_table();
  const Table selected = select_rows(table, std::vector<Index>{2, 0, 2});
  CHECK(same_bits(selected.values, sequence_of({3, 1, 2}, {3., 30., 1., 10., 3., 30.})));
  CHECK(selected.times == std::vector<TimeStamp>{table.times[2], table.times[0], table.times[2]});
  CHECK(selected.text("place").values == Names{"c", "a", "c"});
  CHECK(selected.names == table.names);
  CHECK(selected.time_name == "date");
  CHECK(same_bits(select_rows(table, IndexRange{1, 3}).values, sequence_of({2, 1, 2}, {2., 20., 3., 30.})));
  CHECK(select_rows(table, IndexRange{3, 3}).rows() == 0);
  CHECK_THROWS_WITH_AS(select_rows(table, std::vector<Index>{0, 3}),
                       "[select_rows] expected rows of a table of 3 rows, got row 3 (counted from 0)", ConfigError);
  CHECK_THROWS_WITH_AS(select_rows(table, std::vector<Index>{-1}),
                       "[select_rows] expected rows of a table of 3 rows, got row -1 (counted from 0)", ConfigError);
  for (const IndexRange range : {IndexRange{-1, 2}, IndexRange{2, 4}, IndexRange{2, 1}})
    CHECK_THROWS_WITH_AS(select_rows(table, range),
                         ("[select_rows] expected rows of a table of 3 rows, got rows " + std::to_string(range.begin) +
                          " to " + std::to_string(range.end))
                             .c_str(),
                         ConfigError);
}

TEST_CASE("shown_text: valid UTF-8 is kept, and every other byte and control character is replaced") {
  const std::string unknown = "\xEF\xBF\xBD";
  const auto replaced = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += unknown;
    return text;
  };
  for (const char* text : {"", "abc", "\xC2\xB0 C", "\xC3\xA4", "\xE2\x82\xAC", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"})
    CHECK(printable_utf8(text) == text);
  CHECK(printable_utf8("a\xB2") == "a" + unknown);           // a byte that continues nothing
  CHECK(printable_utf8("\xC3") == unknown);                  // cut off
  CHECK(printable_utf8("\xE2\x82") == replaced(2));          //
  CHECK(printable_utf8("\xF0\x9F\x98") == replaced(3));      //
  CHECK(printable_utf8("\xC3(") == unknown + "(");           //
  CHECK(printable_utf8("\xC0\x80") == replaced(2));          // longer than it has to be
  CHECK(printable_utf8("\xE0\x9F\xBF") == replaced(3));      //
  CHECK(printable_utf8("\xF0\x8F\xBF\xBF") == replaced(4));  //
  CHECK(printable_utf8("\xED\xA0\x80") == replaced(3));      // half a pair of UTF-16
  CHECK(printable_utf8("\xF4\x90\x80\x80") == replaced(4));  // beyond U+10FFFF
  CHECK(printable_utf8("\xFF\xFE") == replaced(2));          //
  CHECK(printable_utf8("\x1B[2J\x7F\r\n\xC2\x9B") ==         // what moves cursors
        unknown + "[2J" + replaced(5));
  CHECK(printable_utf8(std::string("a\0b", 3)) == "a" + unknown + "b");
  CHECK(printable_utf8("a\xC3\xA4"
                       "bc",
                       2) == "a\xC3\xA4...");  // whole characters
  CHECK(printable_utf8("ab", 2) == "ab");
  CHECK(shown_text("ab") == "\"ab\"");
  CHECK(shown_text(std::string(61, 'x')) == '"' + std::string(60, 'x') + "...\"");
}

}  // namespace
}  // namespace table_test
