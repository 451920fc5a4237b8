// The attention of one window: what is written, what is refused, what is drawn.

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/attention.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("weights that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotValues two{1, 2}, three{1, 2, 3}, none, nan{std::nan("")};
  CHECK_THROWS_AS(plot_attention(folder.path(), "a", none), DataError);
  CHECK_THROWS_AS(plot_attention(folder.path(), "a", two, {.window = three}), ShapeError);
  CHECK_THROWS_AS(plot_attention(folder.path(), "a", PlotValues{1}, {.window = nan}), DataError);
  CHECK_THROWS_WITH_AS(plot_attention(folder.path(), "a", two, {.horizon = 0}),
                       "[plot_attention] expected a horizon of at least 1, got 0", ConfigError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

TEST_CASE("the steps are how long before the forecast value they are") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_attention(folder.path(), "a", {0.25, 0.25, 0.5}, {.window = {7.0, 8.0, 9.0}, .horizon = 2});
  CHECK(read(folder / "a.dat") == "# steps_before weight input\n4 0.25 7\n3 0.25 8\n2 0.5 9\n");
  CHECK(contains(read(folder / "a.gp"), "set xrange [4.5:1.5]"));
}

TEST_CASE("without a value that is forecast the steps are counted") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_attention(folder.path(), "a", {0.25, 0.25, 0.5}, {.horizon = std::nullopt});
  CHECK(read(folder / "a.dat") == "# step weight\n0 0.25\n1 0.25\n2 0.5\n");
  CHECK(contains(read(folder / "a.gp"), "set xrange [-0.5:2.5]"));
  CHECK(contains(read(folder / "a.gp"), "set xlabel 'step of the window'"));
}

TEST_CASE("every picture of attention is drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  for (const Index steps : {1, 2, 50, 200, 1000}) {
    CAPTURE(steps);
    const std::vector<double> weights(static_cast<std::size_t>(steps), 1.0 / static_cast<double>(steps));
    check_png(plot_attention(folder.path(), "a", weights));
    check_png(plot_attention(folder.path(), "b", weights, {.window = sine(steps, 1)}));
  }
  check_png(plot_attention(folder.path(), "c", {-0.5, 0.5}));
}

#endif

}  // namespace
