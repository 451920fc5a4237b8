#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/time_stamp.hpp>

using namespace tsattn;
using namespace std::chrono_literals;

namespace {

std::string reading_of(const std::string& text) {
  const auto time = try_parse_time_stamp(text);
  return time ? text_of(*time) : "none";
}

}  // namespace

TEST_CASE("TimeStamp: all ways to write one") {
  CHECK(reading_of("2016-07-01 00:10:00") == "2016-07-01 00:10:00");
  CHECK(reading_of("2016-07-01T00:10") == "2016-07-01 00:10:00");
  CHECK(reading_of("2016-07-01T23:59:59Z") == "2016-07-01 23:59:59");
  CHECK(reading_of("2016-07-01 00:10Z") == "2016-07-01 00:10:00");
  CHECK(reading_of("1997-05-15") == "1997-05-15 00:00:00");
  CHECK(reading_of("1949-01") == "1949-01-01 00:00:00");
  CHECK(reading_of("1949-1") == "1949-01-01 00:00:00");
  CHECK(reading_of("01.07.2009 00:10:00") == "2009-07-01 00:10:00");
  CHECK(reading_of("1.7.2009") == "2009-07-01 00:00:00");
  CHECK(reading_of("2020/07/01") == "2020-07-01 00:00:00");
  CHECK(reading_of("2020/7/1 5:07") == "2020-07-01 05:07:00");
}

TEST_CASE("TimeStamp: fractions of seconds are kept, or refused where they cannot be") {
  CHECK(reading_of("2016-07-01 00:00:00.25") == "2016-07-01 00:00:00.25");
  CHECK(reading_of("2016-07-01 00:00:00.000001Z") == "2016-07-01 00:00:00.000001");
  CHECK(reading_of("2016-07-01 00:00:00.000") == "2016-07-01 00:00:00");
  CHECK(reading_of("2016-07-01 00:00:00.123456000") == "2016-07-01 00:00:00.123456");
  CHECK(reading_of("2016-07-01 00:00:00.1234567") == "none");
  CHECK(reading_of("2016-07-01 00:00:00.") == "none");
  CHECK(reading_of("1969-12-31 23:59:59.5") == "1969-12-31 23:59:59.5");
}

TEST_CASE("TimeStamp: what is no time") {
  for (const char* text : {"",
                           "2016",
                           "2016-",
                           "2016-07-",
                           "2016-13-01",
                           "2016-00-01",
                           "2016-02-30",
                           "2015-02-29",
                           "1900-02-29",
                           "30.02.2016",
                           "00.01.2016",
                           "2016-07-01 24:00:00",
                           "2016-07-01 23:60",
                           "2016-07-01 23:59:60",
                           "2016-07-01 ",
                           "2016-07-01T",
                           "2016-07-01 5",
                           "2016-07-01 05:7",
                           "2016-07-01  05:07",
                           "2016-07-01 05:07:1",
                           "2016-07-01 05:07:01+02:00",
                           "2016-07-01 05:07 x",
                           "2016-07/01",
                           "2016/07",
                           "01.07.16",
                           "1.7",
                           "07/01/2016",
                           "12016-07-01",
                           "2016-007-01",
                           "2016-07-001",
                           " 2016-07-01",
                           "2016-07-01 05:07.5",
                           "-2016-07-01",
                           "20160701",
                           "2016-07 05:00",
                           "2016-07-01Z",
                           "3.14",
                           "12:30"}) {
    CAPTURE(text);
    CHECK(reading_of(text) == "none");
  }
  CHECK(reading_of(std::string("2016-07-01\0", 11)) == "none");
  CHECK(reading_of("99999999999999999999-07-01") == "none");
}

TEST_CASE("TimeStamp: the calendar") {
  CHECK(parse_time_stamp("1970-01-01").time_since_epoch() == 0us);
  CHECK(parse_time_stamp("1970-01-02 00:00:01").time_since_epoch() == 24h + 1s);
  CHECK(parse_time_stamp("1969-12-31 23:59:59").time_since_epoch() == -1s);
  CHECK(parse_time_stamp("2001-09-09 01:46:40").time_since_epoch() == 1'000'000'000s);  // as a Unix time
  CHECK(parse_time_stamp("2016-03-01") - parse_time_stamp("2016-02-28") == 48h);        // a leap year,
  CHECK(parse_time_stamp("1900-03-01") - parse_time_stamp("1900-02-28") == 24h);        // one that is none,
  CHECK(parse_time_stamp("2000-03-01") - parse_time_stamp("2000-02-28") == 48h);        // and one again
  CHECK(reading_of("0000-03-01") == "0000-03-01 00:00:00");
  CHECK(reading_of("9999-12-31 23:59:59") == "9999-12-31 23:59:59");
  CHECK(text_of(parse_time_stamp("0000-01-01") - 1s) == "-0001-12-31 23:59:59");
  CHECK(text_of(parse_time_stamp("9999-12-31") + 24h) == "10000-01-01 00:00:00");
}

TEST_CASE("TimeStamp: text of every day of 800 years reads as that day") {
  TimeStamp time = parse_time_stamp("1600-01-01 12:34:56");
  for (int day = 0; day < 2 * 146097; ++day, time += 24h) {  // 400 years have 146 097 days
    const auto again = try_parse_time_stamp(text_of(time));
    REQUIRE(again);
    REQUIRE(*again == time);
  }
  CHECK(text_of(time) == "2400-01-01 12:34:56");
}

TEST_CASE("TimeStamp: the error of a text that is none") {
  CHECK_THROWS_WITH_AS(
      parse_time_stamp("30.02.2016\n"),
      "[parse_time_stamp] expected a time such as 2016-07-01 00:10:00, 2016-07-01 or 01.07.2016 00:10, got "
      "\"30.02.2016\xEF\xBF\xBD\"",
      DataError);
}
