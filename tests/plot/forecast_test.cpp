// Pictures of forecasts: what is written, what is refused, what is drawn.

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/plot/forecast.hpp>

#include "plot/pictures.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

constexpr double kStart = 1456704000;  // 2016-02-29 00:00

std::vector<double> hours(Index count, double first = kStart) {
  std::vector<double> times;
  for (Index i = 0; i < count; ++i) times.push_back(first + 3600 * static_cast<double>(i));
  return times;
}

TEST_CASE("forecasts that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotValues two{1, 2}, three{1, 2, 3}, none, gap{std::nan(""), std::nan("")};
  const auto draw = [&](const PlotValues& actual, const PlotValues& predicted,
                        const ForecastPlotOptions& options = {}) {
    plot_forecast(folder.path(), "a", actual, predicted, options);
  };
  CHECK_THROWS_WITH_AS(draw(two, three), "[plot_forecast] expected as many forecasts as actual values, got 3 and 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      draw(two, two, {.baselines = {{"last value", two}, {"drift", three}}}),
      "[plot_forecast] expected as many forecasts of the baseline \"drift\" as actual values, got 3 and 2", ShapeError);
  CHECK_THROWS_WITH_AS(draw(two, two, {.times = three}),
                       "[plot_forecast] expected as many times as actual values, got 3 and 2", ShapeError);
  CHECK_THROWS_WITH_AS(draw(two, two, {.history = three, .times = {7, 8}, .history_times = {5, 6}}),
                       "[plot_forecast] expected as many times of the history as values of it, got 2 and 3",
                       ShapeError);
  CHECK_THROWS_WITH_AS(draw(two, two, {.history = two, .history_times = two}),
                       "[plot_forecast] expected the times of the forecasts too, got only those of the history",
                       ConfigError);
  CHECK_THROWS_WITH_AS(draw(two, two, {.history = two, .times = {6, 7}, .history_times = {5, 6}}),
                       "[plot_forecast] expected a history that ends before times[0] = 6, got one up to 6", DataError);
  CHECK_THROWS_WITH_AS(draw(two, two, {.times = {7, 5}}),
                       "[plot_forecast] expected times that increase, got 7 and 5 at 0 and 1; sort the series by time",
                       DataError);
  CHECK_THROWS_AS(draw(two, two, {.history = two, .times = {7, 8}, .history_times = {5, 4}}), DataError);
  CHECK_THROWS_WITH_AS(
      draw(none, none),
      "[plot_forecast] expected a finite actual value and a finite forecast in the 0 points to be drawn", DataError);
  CHECK_THROWS_AS(draw(gap, two), DataError);
  CHECK_THROWS_AS(draw(two, gap), DataError);
  CHECK_THROWS_AS(draw({1, std::nan("")}, two, {.most = 1}), DataError);
  CHECK_THROWS_WITH_AS(draw(two, two, {.most = -1}), "[plot_forecast] expected at least 0 as the most points, got -1",
                       ConfigError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

TEST_CASE("the history and the forecasts that are written") {
  const TemporaryFolder folder;
  const Path scope("");
  SUBCASE("by step, with several baselines") {
    plot_forecast(folder.path(), "f", {1, 2}, {3, 4},
                  {.baselines = {{"last value", {5.0, 6.0}}, {"it's", {7.0, 8.0}}},
                   .history = {-1.0, 0.0},
                   .boundary_label = "it's here",
                   .first_index = 10});
    CHECK(read(folder / "f.dat") ==
          "# step actual forecast baseline_1 baseline_2\n8 -1 NaN NaN NaN\n9 0 NaN NaN NaN\n10 1 3 5 7\n11 2 4 6 8\n");
    const std::string script = read(folder / "f.gp");
    CHECK(contains(script, "set xrange [8:11]\n"));
    CHECK(contains(script, "set arrow from first 9.5, graph 0 to first 9.5, graph 1 nohead"));
    CHECK(contains(script, "set label 'it''s here' at first 9.5, graph 0.96 left offset 1, 0\n"));
    const auto place = [&](const char* part) { return script.find(part); };
    const std::size_t actual = place("data using 1:2 "), first = place("data using 1:4 "),
                      second = place("data using 1:5 "), forecast = place("data using 1:3 ");
    CHECK((actual < place("title 'actual'") && place("title 'actual'") < first));
    CHECK((first < place("title 'last value'") && place("title 'last value'") < second));
    CHECK((second < place("title 'it''s'") && place("title 'it''s'") < forecast));
    CHECK((forecast < place("title 'forecast'") && place("title 'forecast'") != std::string::npos));
    CHECK(contains(script, "set xlabel 'time step'"));
  }
  SUBCASE("by time") {
    plot_forecast(folder.path(), "f", {1, 2}, {3, 4},
                  {.history = {-1.0}, .times = hours(2, kStart), .history_times = {kStart - 7200}});
    CHECK(read(folder / "f.dat") == "# seconds actual forecast\n1456696800 -1 NaN\n1456704000 1 3\n1456707600 2 4\n");
    const std::string script = read(folder / "f.gp");
    CHECK(contains(script, "set xrange [1456696800:1456707600]\nset xtics ('22:00'.\"\\n\".'2016-02-28' 1456696800"));
    CHECK(contains(script, "set arrow from first 1456700400, graph 0"));
    CHECK(contains(script, "graph 0.96 left offset 1, 0\n"));
    CHECK(contains(script, "set xlabel 'time'"));
  }
  SUBCASE("the label of the boundary stands where there is room") {
    plot_forecast(folder.path(), "f", {1, 2}, {3, 4}, {.history = sine(20)});
    CHECK(contains(read(folder / "f.gp"), "set label 'forecasts begin' at first -0.5, graph 0.96 right offset -1, 0"));
  }
  SUBCASE("no more than wanted: what lies beside the boundary") {
    plot_forecast(folder.path(), "f", {3, 4, 5}, {3, 4, 5}, {.history = {0.0, 1.0, 2.0}, .most = 2});
    CHECK(read(folder / "f.dat") == "# step actual forecast\n-2 1 NaN\n-1 2 NaN\n0 3 3\n1 4 4\n");
    CHECK(contains(read(folder / "f.gp"), "set title 'Forecast (the first 2 of 3)'"));
    plot_forecast(folder.path(), "f", {3, 4, 5}, {3, 4, 5}, {.times = {10.0, 20.0, 30.0}, .most = 2});
    CHECK(read(folder / "f.dat") == "# seconds actual forecast\n20 4 4\n30 5 5\n");
  }
  SUBCASE("of a future that nobody knows") {
    plot_forecast(folder.path(), "f", {std::nan("")}, {2}, {.history = {1.0}});
    CHECK(read(folder / "f.dat") == "# step actual forecast\n-1 1 NaN\n0 NaN 2\n");
  }
}

TEST_CASE("the last points only, with their steps, and a gap for what is not finite") {
  const TemporaryFolder folder;
  const Path scope("");
  const double infinite = std::numeric_limits<double>::infinity();
  plot_forecast(folder.path(), "f", {1, 2, 3, 4}, {1.5, 2.5, infinite, 4.5},
                {.baselines = {{"naive", {0.0, 1.0, 2.0, 3.0}}}, .first_index = 100, .most = 3});
  CHECK(read(folder / "f.dat") == "# step actual forecast baseline_1\n101 2 2.5 1\n102 3 NaN 2\n103 4 4.5 3\n");
  CHECK(contains(read(folder / "f.gp"), "(the last 3 of 4)"));
}

TEST_CASE("forecasts that do not change have an axis that does") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_forecast(folder.path(), "f", {5, 5}, {5, 5});
  CHECK(contains(read(folder / "f.gp"), "set yrange [4.5:5.5]"));
  plot_forecast(folder.path(), "f", {0, 0}, {0, 0}, {.baselines = {{"naive", {0.0, 2.0}}}});
  CHECK(contains(read(folder / "f.gp"), "set yrange [-0.12:2.12]"));
}

TEST_CASE("every picture of a forecast is drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  for (const double distance : {1e-4, 0.5, 60.0, 86400.0, 1e7})
    for (const Index count : {1, 2, 5, 300}) {
      CAPTURE(distance);
      CAPTURE(count);
      std::vector<double> times;
      for (Index i = 0; i < count; ++i) times.push_back(kStart + distance * static_cast<double>(i));
      check_png(plot_forecast(folder.path(), "a", sine(count), sine(count, 0.1), {.times = times}));
      check_png(plot_forecast(folder.path(), "b", sine(count), sine(count, 0.1),
                              {.baselines = {{"x", sine(count, 1)}, {"y", sine(count, 2)}},
                               .history = sine(3),
                               .times = times,
                               .history_times = {kStart - 3 * distance, kStart - 2 * distance, kStart - distance}}));
    }
  check_svg(plot_forecast(folder.path(), "c", sine(30), sine(30, 0.1),
                          {.history = sine(3),
                           .times = hours(30),
                           .history_times = hours(3, kStart - 3 * 3600),
                           .format = PlotFormat::svg}));
}

TEST_CASE("forecasts of many values, of one, and of those that hardly differ are drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  check_png(
      plot_forecast(folder.path(), "a", sine(1000), sine(1000, 0.1), {.baselines = {{"naive", sine(1000, 0.3)}}}));
  check_png(plot_forecast(folder.path(), "b", sine(1000), sine(1000), {.most = 0}));
  check_png(plot_forecast(folder.path(), "c", {1}, {2}));
  check_png(plot_forecast(folder.path(), "d", {0, 0, 0}, {0, 0, 0}));
  // A range that gnuplot would call empty: the values differ in their last digits only.
  check_png(plot_forecast(folder.path(), "e", {1e6, 1e6 + 3e-10}, {1e6, 1e6}));
  CHECK(contains(read(folder / "e.gp"), "set yrange [999999:1000001]"));
}

#endif

}  // namespace
