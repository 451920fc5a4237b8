// Mean attention, by class: what is written, what is refused, what is drawn.

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/mean_attention.hpp>
#include <tsattn/plot/plot_matrix.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace mean_attention_test {

namespace {

using namespace tsattn;
using namespace tsattn::test;

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("weights and classes that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotMatrix two{{0.5, 0.5}, {0.5, 0.5}}, none;
  const auto draw = [&](const PlotMatrix& weights, const MeanAttentionOptions& options = {}) {
    plot_mean_attention(folder.path(), "a", weights, options);
  };
  CHECK_THROWS_WITH_AS(draw(none), "[plot_mean_attention] expected at least one finite weight, got 0 x 0 without one",
                       DataError);
  CHECK_THROWS_WITH_AS(draw(two, {.classes = {0}}),
                       "[plot_mean_attention] expected a class for each of 2 samples, got 1", ShapeError);
  CHECK_THROWS_WITH_AS(draw(two, {.classes = {0, -1}}),
                       "[plot_mean_attention] expected classes of at least 0, got -1 for sample 1", ConfigError);
  CHECK_THROWS_WITH_AS(draw(two, {.classes = {0, 2}, .class_names = {"a", "b"}}),
                       "[plot_mean_attention] expected a name for every class, got 2 names and class 2 for sample 1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(draw(two, {.horizon = -1}), "[plot_mean_attention] expected a horizon of at least 1, got -1",
                       ConfigError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

TEST_CASE("bands lie between quantiles, which lie between the values in order") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_mean_attention(folder.path(), "a", {{0.5}, {0.25}, {1.0}, {0.75}, {0.0}});  // 0.4 of the way to the second
  CHECK(read(folder / "a.dat") == "# steps_before mean_0 low_0 high_0\n1 0.5 0.1 0.9\n");
  plot_mean_attention(folder.path(), "a", {{0.75}});
  CHECK(read(folder / "a.dat") == "# steps_before mean_0 low_0 high_0\n1 0.75 0.75 0.75\n");
}

TEST_CASE("mean and quantiles are written class by class") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_mean_attention(folder.path(), "a", {{0.0, 1.0}, {0.5, 0.5}, {1.0, 0.0}},
                      {.classes = {2, 0, 2}, .class_names = {"it's", "absent", "sick"}});
  CHECK(read(folder / "a.dat") ==
        "# steps_before mean_0 low_0 high_0 mean_1 low_1 high_1\n2 0.5 0.5 0.5 0.5 0.1 0.9\n1 0.5 0.5 0.5 0.5 0.1 "
        "0.9\n");
  const std::string script = read(folder / "a.gp");
  CHECK(contains(script, "title 'it''s (n = 1)'"));
  CHECK(contains(script, "title 'sick (n = 2)'"));
  CHECK(!contains(script, "absent"));
  CHECK(contains(script, "title 'equal weights (0.5)'"));
  CHECK(contains(script, "title '80 % of the weights'"));
  CHECK(contains(script, "set xlabel 'steps before the forecast value'"));
  plot_mean_attention(folder.path(), "a", {{0.0, 1.0}}, {.horizon = std::nullopt, .x_label = "step of the series"});
  CHECK(contains(read(folder / "a.gp"), "set xlabel 'step of the series'"));
}

TEST_CASE("many classes have no bands; what is not finite is left out") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_mean_attention(folder.path(), "a", {{1.0}, {1.0}, {kNaN}, {0.5}}, {.classes = {0, 1, 2, 3}});
  CHECK(!contains(read(folder / "a.gp"), "filledcurves"));
  CHECK(contains(read(folder / "a.gp"), "title 'class 3 (n = 1)'"));
  plot_mean_attention(folder.path(), "a", {{1.0}, {kNaN}, {0.5}});
  CHECK(read(folder / "a.dat") == "# steps_before mean_0 low_0 high_0\n1 0.75 0.55 0.95\n");
}

TEST_CASE("every mean attention is drawn, odd texts too") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  for (const Index windows : {1, 2, 40}) {
    check_png(plot_mean_attention(folder.path(), "a", attention(windows, 30)));
    check_png(plot_mean_attention(folder.path(), "a", attention(windows, 1), {.horizon = std::nullopt}));
    std::vector<Index> classes;
    for (Index window = 0; window < windows; ++window) classes.push_back(window % 30);
    check_png(plot_mean_attention(folder.path(), "a", attention(windows, 300), {.classes = classes}));
  }
  check_png(plot_mean_attention(folder.path(), "a", {{kNaN, 0.5, -0.1}}));
  check_svg(plot_mean_attention(folder.path(), "a", attention(5, 20), {.format = PlotFormat::svg}));
  check_png(plot_mean_attention(folder.path(), "b", attention(2, 3),
                                {.title = kOddText, .classes = {0, 1}, .class_names = {kOddText, "a\nb"}}));
}

#endif

}  // namespace

}  // namespace mean_attention_test
