// Times on an axis: where the labels stand and what they say.

#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/plot/time_axis.hpp>

#include "plot/pictures.hpp"

namespace time_axis_test {
namespace {

using namespace tsattn;
using namespace tsattn::test;

constexpr double kMinute = 60, kHour = 3600, kDay = 86400;
constexpr double kStart = 1456704000;  // 2016-02-29 00:00

/// The labels, their lines joined by '|'.
std::vector<std::string> labels(double first, double last, int most = 7) {
  std::vector<std::string> texts;
  for (const TimeTic& tic : time_tics(first, last, most)) {
    texts.push_back(tic.label[0]);
    for (std::size_t i = 1; i < tic.label.size(); ++i) texts.back() += '|' + tic.label[i];
  }
  return texts;
}
using Texts = std::vector<std::string>;

TEST_CASE("the labels name what changes") {
  CHECK(labels(kStart + 59.99, kStart + 60.03, 4) ==
        Texts{"00:00:59.99|2016-02-29", "00:01:00.00", "00:01:00.01", "00:01:00.02", "00:01:00.03"});
  CHECK(labels(kStart + 3, kStart + 40, 4) == Texts{"00:00:10|2016-02-29", "00:00:20", "00:00:30", "00:00:40"});
  CHECK(labels(kStart - kMinute, kStart + kMinute, 4) ==
        Texts{"23:59:00|2016-02-28", "23:59:30", "00:00:00|2016-02-29", "00:00:30", "00:01:00"});
  CHECK(labels(kStart + kHour, kStart + 2 * kHour, 4) == Texts{"01:00|2016-02-29", "01:15", "01:30", "01:45", "02:00"});
  CHECK(labels(kStart, kStart + 2 * kDay, 4) ==
        Texts{"00:00|2016-02-29", "12:00", "00:00|2016-03-01", "12:00", "00:00|2016-03-02"});
  CHECK(labels(kStart, kStart + 4 * kDay, 4) ==
        Texts{"2016-02-29", "2016-03-01", "2016-03-02", "2016-03-03", "2016-03-04"});
  CHECK(labels(kStart, kStart + 20 * kDay, 4) == Texts{"2016-02-29", "2016-03-07", "2016-03-14"});  // Mondays
  CHECK(labels(kStart, kStart + 120 * kDay, 4) == Texts{"2016-03", "2016-04", "2016-05", "2016-06"});
  CHECK(labels(kStart, kStart + 365 * kDay, 4) == Texts{"2016-04", "2016-07", "2016-10", "2017-01"});
  CHECK(labels(kStart, kStart + 4 * 365 * kDay, 4) == Texts{"2017", "2018", "2019", "2020"});
  CHECK(labels(-62135596800, 253402300799, 5) == Texts{"2000", "4000", "6000", "8000"});
  CHECK(labels(kStart + 3723, kStart + 3723) == Texts{"01:02:03|2016-02-29"});
  CHECK(labels(-0.5 * kDay, 0.5 * kDay, 2) == Texts{"12:00|1969-12-31", "00:00|1970-01-01", "12:00"});
}

TEST_CASE("labels are at least two, at most what fits, in order and in the range") {
  for (const double first : {-1e10, 0.0, kStart + 12345.678, 4e9})
    for (double span = 0.01; first + span < 2e11; span *= 1.37) {
      CAPTURE(first);
      CAPTURE(span);
      const std::vector<TimeTic> tics = time_tics(first, first + span, 7);
      CHECK(tics.size() >= 2);
      CHECK(tics.size() <= 8);
      for (std::size_t i = 0; i < tics.size(); ++i) {
        CHECK(tics[i].seconds >= first - 1e-6);
        CHECK(tics[i].seconds <= first + span + 1e-6);
        if (i > 0) CHECK(tics[i].seconds > tics[i - 1].seconds);
      }
    }
}

TEST_CASE("the command holds the places as they are") {
  CHECK(time_x_axis(1e9, 1e9) ==
        "set xtics ('01:46:40'.\"\\n\".'2001-09-09' 1000000000)\nset xlabel offset 0, -1\nset bmargin 5\n");
  CHECK(time_x_axis(kStart, kStart + 3 * kDay) ==
        "set xtics ('00:00'.\"\\n\".'2016-02-29' 1456704000, '12:00' 1456747200, "
        "'00:00'.\"\\n\".'2016-03-01' 1456790400, '12:00' 1456833600, '00:00'.\"\\n\".'2016-03-02' 1456876800, "
        "'12:00' 1456920000, '00:00'.\"\\n\".'2016-03-03' 1456963200)\nset xlabel offset 0, -1\nset bmargin 5\n");
}

TEST_CASE("points in time are seconds since 1970") {
  using namespace std::chrono;
  const std::vector<local_time<microseconds>> local{local_days(year(2016) / 2 / 29) + milliseconds(1500)};
  CHECK(PlotValues(local)[0] == kStart + 1.5);
  const std::vector<sys_seconds> system{sys_days(year(1969) / 12 / 31)};
  CHECK(PlotValues(system)[0] == -kDay);
}

TEST_CASE("times that cannot be shown") {
  const double nan = std::nan("");
  CHECK_NOTHROW(require_times("here", "times", {}));
  CHECK_NOTHROW(require_times("here", "times", {-62135596800, 0, 253402300799}));
  CHECK_THROWS_WITH_AS(require_times("here", "times", {0, 1456704000000}),
                       "[here] expected times in seconds since 1970-01-01, in the years 1 to 9999, got 1456704000000 "
                       "at 1; milliseconds are divided by 1000",
                       DataError);
  CHECK_THROWS_AS(require_times("here", "times", {nan}), DataError);
  CHECK_THROWS_AS(require_times("here", "times", {-62135596801}), DataError);
  CHECK_THROWS_WITH_AS(require_times("here", "times", {1456704000, 1456704000}),
                       "[here] expected times that increase, got 1456704000 and 1456704000 at 0 and 1; sort the "
                       "series by time",
                       DataError);
}

}  // namespace
}  // namespace time_axis_test
