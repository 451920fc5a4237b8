// Attention of many windows: what is written, what is refused, what is drawn.

#include <limits>
#include <optional>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/attention_map.hpp>
#include <tsattn/plot/plot_matrix.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("weights that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotMatrix two{{0.5, 0.5}, {0.5, 0.5}}, none, gap{{kNaN}};
  const auto draw = [&](const PlotMatrix& weights, const AttentionMapOptions& options = {}) {
    plot_attention_map(folder.path(), "a", weights, options);
  };
  CHECK_THROWS_WITH_AS(draw(none), "[plot_attention_map] expected at least one finite weight, got 0 x 0 without one",
                       DataError);
  CHECK_THROWS_WITH_AS(draw(gap), "[plot_attention_map] expected at least one finite weight, got 1 x 1 without one",
                       DataError);
  CHECK_THROWS_WITH_AS(draw(two, {.horizon = 0}), "[plot_attention_map] expected a horizon of at least 1, got 0",
                       ConfigError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

TEST_CASE("columns are the steps before the forecast value") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_attention_map(folder.path(), "a", {{0.25, 0.75}, {kNaN, 1.0}}, {.first_row = 10, .horizon = 3});
  CHECK(read(folder / "a.dat") == "# steps_before row weight\n4 10 0.25\n3 10 0.75\n4 11 NaN\n3 11 1\n");
  const std::string script = read(folder / "a.gp");
  CHECK(contains(script, "set xrange [4.5:2.5]\n"));
  CHECK(contains(script, "set yrange [11.5:9.5]\n"));
  CHECK(contains(script, "set cbrange [0:1]\n"));
  CHECK(contains(script, "with image notitle"));
  CHECK(!contains(script, "averaged"));
}

TEST_CASE("without a horizon they are counted, and negative weights have their colours") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_attention_map(folder.path(), "a", {{-0.5, 0.5}, {0.0, 0.25}},
                     {.horizon = std::nullopt, .format = PlotFormat::svg});
  CHECK(read(folder / "a.dat") == "# step row weight\n0 0 -0.5\n1 0 0.5\n0 1 0\n1 1 0.25\n");
  CHECK(contains(read(folder / "a.gp"), "set cbrange [-0.5:0.5]\n"));
  CHECK(contains(read(folder / "a.gp"), "with image pixels notitle"));
}

TEST_CASE("a single row or column is drawn as two halves") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_attention_map(folder.path(), "a", {{0.25, 0.75}}, {.horizon = std::nullopt});
  CHECK(read(folder / "a.dat") == "# step row weight\n0 -0.25 0.25\n1 -0.25 0.75\n0 0.25 0.25\n1 0.25 0.75\n");
}

TEST_CASE("a large map is averaged, and its title says so") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_attention_map(folder.path(), "a", PlotMatrix(600, 2));
  CHECK(contains(read(folder / "a.gp"), "set title 'Attention (600 x 2 weights, averaged to 300 x 2)'"));
  const std::string data = read(folder / "a.dat");
  CHECK(data.starts_with("# steps_before row weight\n2 0.5 0\n1 0.5 0\n2 2.5 0\n"));
  CHECK(data.ends_with("1 598.5 0\n"));
}

TEST_CASE("every attention map is drawn, odd texts too") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  for (const Index rows : {1, 2, 50, 301})
    for (const Index cols : {1, 2, 48, 700}) {
      CAPTURE(rows);
      CAPTURE(cols);
      check_png(plot_attention_map(folder.path(), "a", attention(rows, cols)));
    }
  check_png(plot_attention_map(folder.path(), "a", {{0.0, 0.0}, {0.0, 0.0}}, {.horizon = std::nullopt}));
  check_png(plot_attention_map(folder.path(), "a", {{kNaN, 1e-200}, {kNaN, kNaN}}));
  check_svg(plot_attention_map(folder.path(), "a", attention(200, 200), {.format = PlotFormat::svg}));
  check_png(plot_attention_map(folder.path(), "a", attention(3, 3),
                               {.title = kOddText, .row_label = kOddText, .value_label = kOddText}));
}

#endif

}  // namespace
