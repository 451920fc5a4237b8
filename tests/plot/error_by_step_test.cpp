// Errors by step: what is written, what is refused, what is drawn.

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/error_by_step.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("errors that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotValues two{1, 2}, three{1, 2, 3}, none, negative{1, -0.5};
  const auto draw = [&](const PlotValues& errors, const ErrorByStepOptions& options = {}) {
    plot_error_by_step(folder.path(), "a", errors, options);
  };
  CHECK_THROWS_WITH_AS(
      draw(none), "[plot_error_by_step] expected at least one finite error of the model, got 0 without one", DataError);
  CHECK_THROWS_WITH_AS(draw(negative),
                       "[plot_error_by_step] expected errors of the model of at least 0 (MAE, RMSE), got -0.5",
                       DataError);
  CHECK_THROWS_WITH_AS(draw(two, {.baselines = {{"drift", three}}}),
                       "[plot_error_by_step] expected as many errors of the baseline \"drift\" as of the model, got 3 "
                       "and 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(draw(two, {.baselines = {{"drift", negative}}}),
                       "[plot_error_by_step] expected errors of the baseline \"drift\" of at least 0 (MAE, RMSE), got "
                       "-0.5",
                       DataError);
  CHECK_THROWS_WITH_AS(draw(two, {.first_step = 0}), "[plot_error_by_step] expected a first step of at least 1, got 0",
                       ConfigError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

TEST_CASE("the errors by step that are written") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_error_by_step(folder.path(), "e", {0.5, 1},
                     {.y_label = "MAE (°C)", .baselines = {{"last value", {2.0, std::nan("")}}}, .first_step = 3});
  CHECK(read(folder / "e.dat") == "# steps_ahead model baseline_1\n3 0.5 2\n4 1 NaN\n");
  const std::string script = read(folder / "e.gp");
  CHECK(contains(script, "set ylabel 'MAE (°C)'"));
  CHECK(contains(script, "set yrange [0:2.12]"));
  CHECK(contains(script, "title 'last value'"));
  plot_error_by_step(folder.path(), "e", {0, 0});
  CHECK(contains(read(folder / "e.gp"), "set yrange [0:1]"));
}

TEST_CASE("every picture of errors by step is drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  for (const Index count : {1, 2, 24, 336}) {
    std::vector<double> errors(static_cast<std::size_t>(count), 1e-9);
    check_png(plot_error_by_step(folder.path(), "e", errors, {.baselines = {{kOddText, errors}}}));
  }
  check_png(plot_error_by_step(folder.path(), "e", {0.0}));
  check_svg(plot_error_by_step(folder.path(), "e", {1.0, 2.0}, {.y_label = kOddText, .format = PlotFormat::svg}));
}

#endif

}  // namespace
