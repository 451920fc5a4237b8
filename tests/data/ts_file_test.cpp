#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>
#include <tsattn/data/ts_file.hpp>

#include "support/difference.hpp"
#include "support/io_error.hpp"
#include "support/real_data.hpp"
#include "support/sequence_of.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

LabelledSeries from_text(const std::string& text) {
  std::istringstream in(text);
  return read_ts(in, "x");
}

const std::string kHeader = "@univariate true\n@classLabel true a b\n@data\n";  // the first series is in line 4

std::string error_of(const std::string& text) {
  return io_error([&] { from_text(text); });
}
std::string in_line(int line, const std::string& what) {
  return "[read_ts] cannot read x, line " + std::to_string(line) + ": " + what;
}

TEST_CASE("a .ts file of one variable") {
  const LabelledSeries set = from_text(
      "#What it is about\n"
      "\n"
      "@problemName Two words\n"
      "@timeStamps false\n"
      "@missing false\n"
      "@univariate true\n"
      "@equalLength true\n"
      "@seriesLength 3\n"
      "@classLabel true up down\n"
      "@data\n"
      "1,-2.5,3e2:up\n"
      "# between two series\n"
      " +4 , 0.5,\t6 : down \n"
      "7,8,9:up");
  CHECK(set.problem == "Two words");
  CHECK(set.classes == std::vector<std::string>{"up", "down"});
  CHECK(set.labels == std::vector<Index>{0, 1, 0});
  REQUIRE(set.size() == 3);
  CHECK(same_bits(set.series[0], sequence_of({3, 1, 1}, {1., -2.5, 300.})));
  CHECK(same_bits(set.series[1], sequence_of({3, 1, 1}, {4., 0.5, 6.})));
  CHECK(same_bits(set.series[2], sequence_of({3, 1, 1}, {7., 8., 9.})));
}

TEST_CASE("several variables, unequal lengths, CR LF, keywords in any case, a byte order mark") {
  const LabelledSeries set = from_text(
      "\xEF\xBB\xBF@PROBLEMNAME x\r\n@univariate FALSE\r\n@Dimensions 2\r\n@equallength false\r\n@seriesLength 99\r\n"
      "@path /somewhere\r\n@classlabel True 1 2\r\n@DATA\r\n1,2,3:10,20,30:2\r\n\r\n4:40:1\r\n");
  CHECK(set.problem == "x");
  CHECK(set.labels == std::vector<Index>{1, 0});
  REQUIRE(set.size() == 2);
  CHECK(same_bits(set.series[0], sequence_of({3, 1, 2}, {1., 10., 2., 20., 3., 30.})));
  CHECK(same_bits(set.series[1], sequence_of({1, 1, 2}, {4., 40.})));
}

TEST_CASE("series without classes, and variables that only the first series counts") {
  const LabelledSeries set = from_text("@classLabel false\n@data\n1,2:3,4\n5:6\n");
  CHECK(set.classes.empty());
  CHECK(set.labels.empty());
  CHECK(set.problem.empty());
  REQUIRE(set.size() == 2);
  CHECK(same_bits(set.series[1], sequence_of({1, 1, 2}, {5., 6.})));
  CHECK(error_of("@classLabel false\n@data\n1,2:3,4\n5\n") ==
        in_line(4, "expected 2 variables, separated by ':', got 1"));
}

TEST_CASE("numbers are read exactly") {
  const LabelledSeries set = from_text(kHeader + "0.1,-1.7976931348623157e308,5e-324,123456789.123456789:a");
  CHECK(same_bits(set.series[0], sequence_of({4, 1, 1}, {0.1, -1.7976931348623157e308, 5e-324, 123456789.123456789})));
}

TEST_CASE("what is no number is refused") {
  for (const std::string text :
       {"", "abc", "1.5x", "0x1p3", "1e999", "inf", "-Infinity", "1 2", "+", "+-1", "--1", "(0"}) {
    CAPTURE(text);
    CHECK(error_of(kHeader + "1,2:a\n3," + text + ",4:b") ==
          in_line(5, "expected a finite number, got \"" + text + "\" as value 2 of variable 1"));
  }
  CHECK(error_of("@classLabel false\n@data\n1,2:3,\x1B[2J\n") ==
        in_line(3, "expected a finite number, got \"\xEF\xBF\xBD[2J\" as value 2 of variable 2"));
  CHECK(error_of(kHeader + std::string(70, 'x') + ":a") ==
        in_line(4, "expected a finite number, got \"" + std::string(60, 'x') + "...\" as value 1 of variable 1"));
}

TEST_CASE("missing values are refused, and the message says what to do") {
  for (const std::string text : {"?", "NaN", "nan"})
    CHECK(error_of("@missing true\n" + kHeader + "3," + text + ":b") ==
          in_line(5, "expected a finite number, got \"" + text +
                         "\" as value 2 of variable 1, a missing value; fill the gaps or leave the series out, only "
                         "complete ones are supported"));
}

TEST_CASE("headers that cannot be used are refused") {
  CHECK(error_of("") == "[read_ts] cannot read x: expected a header that ends with @data, got the end after 0 lines");
  CHECK(error_of("# nothing\n@classLabel true a\n") ==
        "[read_ts] cannot read x: expected a header that ends with @data, got the end after 2 lines");
  CHECK(error_of(kHeader + "# nothing\n") ==
        "[read_ts] cannot read x: expected at least one series after @data, got none");
  CHECK(error_of("@classLabel true a b\n1,2:a\n") ==
        in_line(2, "expected @data before the first series, got \"1,2:a\""));
  CHECK(error_of("@data\n1,2:a\n") ==
        in_line(1, "expected @classLabel before @data: true and the names of the classes, or false"));
  CHECK(error_of("@classLabel true\n") ==
        in_line(1, "expected the names of the classes after @classLabel true, got none"));
  CHECK(error_of("@classLabel true a b a\n") == in_line(1, "expected classes with different names, got \"a\" twice"));
  CHECK(error_of("@classLabel a b\n") == in_line(1, "expected @classLabel true or false, got \"a\""));
  CHECK(error_of("@Missing\n") == in_line(1, "expected @Missing true or false, got \"\""));
  CHECK(error_of("@missing false\n@MISSING false\n") == in_line(2, "expected @MISSING once, got it again"));
  CHECK(error_of("\n@timeStamps true\n") ==
        in_line(2, "expected @timeStamps false, got true; series with time stamps are not supported"));
  CHECK(error_of("@targetLabel true\n") ==
        in_line(1, "expected classes, got @targetLabel true; series with numbers as targets are not supported"));
  for (const std::string text : {"", "0", "-3", "2.5", "two", "99999999999999999999"}) {
    CHECK(error_of("@dimensions " + text) ==
          in_line(1, "expected @dimensions with a number of at least 1, got \"" + text + "\""));
    CHECK(error_of("@seriesLength " + text) ==
          in_line(1, "expected @seriesLength with a number of at least 1, got \"" + text + "\""));
  }
  CHECK(error_of("@dimensions 3\n" + kHeader) ==
        in_line(4, "expected one variable, as @univariate true says, got @dimensions 3"));
}

TEST_CASE("series that are not what the header says are refused") {
  CHECK(error_of(kHeader + "1,2") == in_line(4, "expected the class of the series after a ':', got none"));
  CHECK(error_of(kHeader + "1,2:c") == in_line(4, "expected one of the classes \"a b\", got \"c\""));
  CHECK(error_of(kHeader + "1,2:A") == in_line(4, "expected one of the classes \"a b\", got \"A\""));
  CHECK(error_of(kHeader + "1,2:3,4:a") == in_line(4, "expected 1 variables, separated by ':', got 2"));
  CHECK(error_of(kHeader + ":a") == in_line(4, "expected a finite number, got \"\" as value 1 of variable 1"));
  const std::string header = "@dimensions 3\n@classLabel true a b\n@data\n";
  CHECK(error_of(header + "1:2:3:a\n1:2:a") == in_line(5, "expected 3 variables, separated by ':', got 2"));
  CHECK(error_of(header + "1,2:3,4:5:a") == in_line(4, "expected 2 values in variable 3, as in the first one, got 1"));
  CHECK(error_of("@equalLength true\n" + kHeader + "1,2:a\n1,2,3:b") ==
        in_line(6, "expected 2 values, as @equalLength says, got 3"));
  CHECK(error_of("@equalLength true\n@seriesLength 3\n" + kHeader + "1,2:a\n") ==
        in_line(6, "expected 3 values, as @equalLength says, got 2"));
}

TEST_CASE("files, and what is none") {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.ts", std::ios::binary) << kHeader << "1,2:b\r\n";
  CHECK(load_ts(folder / "a.ts").labels == std::vector<Index>{1});
  std::ofstream(folder / "b.ts") << kHeader << "1,x:b\n";
  const std::string name = (folder / "b.ts").string();
  CHECK(io_error([&] { load_ts(folder / "b.ts"); }) ==
        "[load_ts] cannot read \"" + name + "\", line 4: expected a finite number, got \"x\" as value 2 of variable 1");
  CHECK(io_error([&] { load_ts(folder / "c.ts"); }) ==
        "[load_ts] cannot read \"" + (folder / "c.ts").string() + "\": No such file or directory");
  CHECK(io_error([&] { load_ts(folder.path()); }) ==
        "[load_ts] cannot read \"" + folder.path().string() + "\": Is a directory");
}

/// Of the archive's own files.
void check_file(const std::string& name, Index count, Index features, Index shortest, Index longest, Index classes) {
  const auto path = real_file(name + ".ts");
  if (!path) return;
  CAPTURE(name);
  const LabelledSeries set = load_ts(*path);
  CHECK(name.starts_with(set.problem));
  CHECK(set.size() == count);
  CHECK(static_cast<Index>(set.classes.size()) == classes);
  CHECK(static_cast<Index>(std::set<Index>(set.labels.begin(), set.labels.end()).size()) == classes);
  Index least = longest, most = 0;
  for (const Sequence<double>& series : set.series) {
    CHECK(series.features() == features);
    least = std::min(least, series.time());
    most = std::max(most, series.time());
  }
  CHECK(least == shortest);
  CHECK(most == longest);
  CHECK(labelled_samples<float>(set).inputs.shape() == SequenceShape{longest, count, features});
}

TEST_CASE("files of the archives") {
  check_file("GunPoint_TRAIN", 50, 1, 150, 150, 2);
  check_file("GunPoint_TEST", 150, 1, 150, 150, 2);
  check_file("ItalyPowerDemand_TRAIN", 67, 1, 24, 24, 2);
  check_file("ItalyPowerDemand_TEST", 1029, 1, 24, 24, 2);
  check_file("JapaneseVowels_TRAIN", 270, 12, 7, 26, 9);
  check_file("JapaneseVowels_TEST", 370, 12, 7, 29, 9);
}

}  // namespace
