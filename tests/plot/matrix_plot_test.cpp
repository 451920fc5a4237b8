// Pictures of matrices: attention of many windows and its mean, confusion of classes.

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/plot/attention_map.hpp>
#include <tsattn/plot/confusion_matrix.hpp>
#include <tsattn/plot/mean_attention.hpp>
#include <tsattn/plot/plot_matrix.hpp>

#include "plot/pictures.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

const double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Every row a softmax-like curve that sums to 1.
PlotMatrix attention(Index rows, Index cols) {
  PlotMatrix weights(rows, cols);
  for (Index row = 0; row < rows; ++row) {
    double sum = 0;
    for (Index col = 0; col < cols; ++col)
      sum += weights(row, col) = 2 + std::sin(0.3 * static_cast<double>(row) + 0.1 * static_cast<double>(col));
    for (Index col = 0; col < cols; ++col) weights(row, col) /= sum;
  }
  return weights;
}

TEST_CASE("a matrix to draw is made from what has rows and columns") {
  Matrix<float> own(2, 3);
  own(1, 2) = 7;
  Eigen::MatrixXd other(2, 3);
  other << 1, 2, 3, 4, 5, 6;
  CHECK(PlotMatrix(own)(1, 2) == 7);
  CHECK(PlotMatrix(own.map())(1, 2) == 7);
  CHECK(PlotMatrix(other).values() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(PlotMatrix{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}.values() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(PlotMatrix().rows() == 0);
  CHECK_THROWS_WITH_AS((PlotMatrix{{1.0, 2.0}, {3.0}}), "[PlotMatrix] expected rows of 2 numbers, got one of 1",
                       ShapeError);
}

TEST_CASE("a large matrix is averaged in parts that cover it") {
  const PlotMatrix small{{1.0, 2.0}, {3.0, 4.0}};
  CHECK(averaged(small, 2).values() == small.values());
  // 5 columns in 2 parts: 2 and 3.
  CHECK(averaged(PlotMatrix{{1.0, 3.0, 10.0, 20.0, 60.0}}, 2).values() == std::vector<double>{2, 30});
  CHECK(averaged(PlotMatrix{{1.0}, {3.0}, {8.0}}, 1).values() == std::vector<double>{4});
  CHECK(averaged(PlotMatrix{{1.0, kNaN, 5.0, 7.0}}, 2).values() == std::vector<double>{1, 6});
  CHECK(std::isnan(averaged(PlotMatrix{{kNaN, kNaN, 5.0, 7.0}}, 2)(0, 0)));
}

TEST_CASE("matrices that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotMatrix two{{0.5, 0.5}, {0.5, 0.5}}, none, gap{{kNaN}};
  SUBCASE("attention map") {
    const auto draw = [&](const PlotMatrix& weights, const AttentionMapOptions& options = {}) {
      plot_attention_map(folder.path(), "a", weights, options);
    };
    CHECK_THROWS_WITH_AS(draw(none), "[plot_attention_map] expected at least one finite weight, got 0 x 0 without one",
                         DataError);
    CHECK_THROWS_WITH_AS(draw(gap), "[plot_attention_map] expected at least one finite weight, got 1 x 1 without one",
                         DataError);
    CHECK_THROWS_WITH_AS(draw(two, {.horizon = 0}), "[plot_attention_map] expected a horizon of at least 1, got 0",
                         ConfigError);
  }
  SUBCASE("mean attention") {
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
  }
  SUBCASE("confusion matrix") {
    const auto draw = [&](const PlotMatrix& counts, const ConfusionMatrixOptions& options = {}) {
      plot_confusion_matrix(folder.path(), "a", counts, options);
    };
    CHECK_THROWS_WITH_AS(
        draw(none), "[plot_confusion_matrix] expected a square matrix of the counts of at least 2 classes, got 0 x 0",
        ShapeError);
    CHECK_THROWS_WITH_AS(
        draw({{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}}),
        "[plot_confusion_matrix] expected a square matrix of the counts of at least 2 classes, got 2 x 3", ShapeError);
    CHECK_THROWS_WITH_AS(draw(PlotMatrix(31, 31)),
                         "[plot_confusion_matrix] expected at most 30 classes, got 31; join those that are rare",
                         ConfigError);
    CHECK_THROWS_WITH_AS(draw({{1.0, 2.0}, {3.0, 4.0}}, {.class_names = {"a"}}),
                         "[plot_confusion_matrix] expected 2 class names, got 1", ShapeError);
    CHECK_THROWS_WITH_AS(draw({{1.0, 2.0}, {-3.0, 4.0}}),
                         "[plot_confusion_matrix] expected counts, whole numbers of at least 0, got -3 for actual "
                         "class 1, predicted class 0",
                         DataError);
    CHECK_THROWS_AS(draw({{1.0, 2.5}, {3.0, 4.0}}), DataError);
    CHECK_THROWS_AS(draw({{1.0, kNaN}, {3.0, 4.0}}), DataError);
    CHECK_THROWS_WITH_AS(draw(PlotMatrix(2, 2)), "[plot_confusion_matrix] expected a count above 0, got none",
                         DataError);
  }
  CHECK(files_in(folder.path()).empty());
}

TEST_CASE("quantiles lie between the values in order") {
  using mean_attention_parts::quantile;
  CHECK(quantile({3}, 0.9) == 3);
  CHECK(quantile({0, 1}, 0.1) == doctest::Approx(0.1));
  CHECK(quantile({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9) == doctest::Approx(9));
}

#if __has_include(<sys/wait.h>)

TEST_CASE("the cells that are written") {
  const TemporaryFolder folder;
  const Path scope("");
  SUBCASE("an attention map: its columns are the steps before the forecast value") {
    plot_attention_map(folder.path(), "a", {{0.25, 0.75}, {kNaN, 1.0}}, {.first_row = 10, .horizon = 3});
    CHECK(read(folder / "a.dat") == "# steps_before row weight\n4 10 0.25\n3 10 0.75\n4 11 NaN\n3 11 1\n");
    const std::string script = read(folder / "a.gp");
    CHECK(contains(script, "set xrange [4.5:2.5]\n"));
    CHECK(contains(script, "set yrange [11.5:9.5]\n"));
    CHECK(contains(script, "set cbrange [0:1]\n"));
    CHECK(contains(script, "with image notitle"));
    CHECK(!contains(script, "averaged"));
  }
  SUBCASE("without a horizon they are counted, and negative weights have their colours") {
    plot_attention_map(folder.path(), "a", {{-0.5, 0.5}, {0.0, 0.25}},
                       {.horizon = std::nullopt, .format = PlotFormat::svg});
    CHECK(read(folder / "a.dat") == "# step row weight\n0 0 -0.5\n1 0 0.5\n0 1 0\n1 1 0.25\n");
    CHECK(contains(read(folder / "a.gp"), "set cbrange [-0.5:0.5]\n"));
    CHECK(contains(read(folder / "a.gp"), "with image pixels notitle"));
  }
  SUBCASE("a single row or column is drawn as two halves") {
    plot_attention_map(folder.path(), "a", {{0.25, 0.75}}, {.horizon = std::nullopt});
    CHECK(read(folder / "a.dat") == "# step row weight\n0 -0.25 0.25\n1 -0.25 0.75\n0 0.25 0.25\n1 0.25 0.75\n");
  }
  SUBCASE("a large map is averaged, and its title says so") {
    plot_attention_map(folder.path(), "a", PlotMatrix(600, 2));
    CHECK(contains(read(folder / "a.gp"), "set title 'Attention (600 x 2 weights, averaged to 300 x 2)'"));
    const std::string data = read(folder / "a.dat");
    CHECK(data.starts_with("# steps_before row weight\n2 0.5 0\n1 0.5 0\n2 2.5 0\n"));
    CHECK(data.ends_with("1 598.5 0\n"));
  }
  SUBCASE("mean attention by class") {
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
  SUBCASE("many classes have no bands; what is not finite is left out") {
    plot_mean_attention(folder.path(), "a", {{1.0}, {1.0}, {kNaN}, {0.5}}, {.classes = {0, 1, 2, 3}});
    CHECK(!contains(read(folder / "a.gp"), "filledcurves"));
    CHECK(contains(read(folder / "a.gp"), "title 'class 3 (n = 1)'"));
    plot_mean_attention(folder.path(), "a", {{1.0}, {kNaN}, {0.5}});
    CHECK(read(folder / "a.dat") == "# steps_before mean_0 low_0 high_0\n1 0.75 0.55 0.95\n");
  }
  SUBCASE("confusion of classes") {
    plot_confusion_matrix(folder.path(), "c", {{3.0, 1.0}, {0.0, 0.0}}, {.class_names = {"it's", "sick"}});
    CHECK(read(folder / "c.dat") ==
          "# predicted actual count percent_of_actual\n0 0 3 75\n1 0 1 25\n0 1 0 0\n1 1 0 0\n");
    const std::string script = read(folder / "c.gp");
    CHECK(contains(script, "set xtics ('it''s' 0, 'sick' 1)\nset ytics ('it''s' 0, 'sick' 1)\n"));
    CHECK(contains(script, "set yrange [1.5:-0.5]\n"));
    CHECK(contains(script, "width = 1200\nheight = 700\n"));
  }
  SUBCASE("the picture grows with the classes and the names") {
    PlotMatrix counts(30, 30);
    counts(0, 0) = 1;
    plot_confusion_matrix(folder.path(), "c", counts);
    CHECK(contains(read(folder / "c.gp"), "width = 2"));
    plot_confusion_matrix(folder.path(), "c", {{1.0, 0.0}, {0.0, 1.0}},
                          {.class_names = {std::string(40, 'a'), std::string(40, 'b')}});
    CHECK(contains(read(folder / "c.gp"), "'aaaaaaaaaaaaaaaaaaaaaaa…' 0"));
  }
}

TEST_CASE("every picture of a matrix is drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  SUBCASE("attention map") {
    for (const Index rows : {1, 2, 50, 301})
      for (const Index cols : {1, 2, 48, 700}) {
        CAPTURE(rows);
        CAPTURE(cols);
        check_png(plot_attention_map(folder.path(), "a", attention(rows, cols)));
      }
    check_png(plot_attention_map(folder.path(), "a", {{0.0, 0.0}, {0.0, 0.0}}, {.horizon = std::nullopt}));
    check_png(plot_attention_map(folder.path(), "a", {{kNaN, 1e-200}, {kNaN, kNaN}}));
    check_svg(plot_attention_map(folder.path(), "a", attention(200, 200), {.format = PlotFormat::svg}));
  }
  SUBCASE("mean attention") {
    for (const Index windows : {1, 2, 40}) {
      check_png(plot_mean_attention(folder.path(), "a", attention(windows, 30)));
      check_png(plot_mean_attention(folder.path(), "a", attention(windows, 1), {.horizon = std::nullopt}));
      std::vector<Index> classes;
      for (Index window = 0; window < windows; ++window) classes.push_back(window % 30);
      check_png(plot_mean_attention(folder.path(), "a", attention(windows, 300), {.classes = classes}));
    }
    check_png(plot_mean_attention(folder.path(), "a", {{kNaN, 0.5, -0.1}}));
    check_svg(plot_mean_attention(folder.path(), "a", attention(5, 20), {.format = PlotFormat::svg}));
  }
  SUBCASE("confusion matrix") {
    for (const Index classes : {2, 9, 12, 13, 30}) {
      CAPTURE(classes);
      PlotMatrix counts(classes, classes);
      for (Index i = 0; i < classes; ++i) counts(i, i) = 1e6;
      check_png(plot_confusion_matrix(folder.path(), "c", counts));
      check_svg(plot_confusion_matrix(folder.path(), "c", counts, {.format = PlotFormat::svg}));
    }
  }
  SUBCASE("odd texts are only texts") {
    check_png(plot_attention_map(folder.path(), "a", attention(3, 3),
                                 {.title = kOddText, .row_label = kOddText, .value_label = kOddText}));
    check_png(plot_mean_attention(folder.path(), "b", attention(2, 3),
                                  {.title = kOddText, .classes = {0, 1}, .class_names = {kOddText, "a\nb"}}));
    check_png(plot_confusion_matrix(folder.path(), "c", {{1.0, 2.0}, {3.0, 4.0}},
                                    {.title = kOddText, .class_names = {kOddText, "\"', 2\nset output\n"}}));
    CHECK(files_in(folder.path()) ==
          std::set<std::string>{"a.dat", "a.gp", "a.png", "b.dat", "b.gp", "b.png", "c.dat", "c.gp", "c.png"});
  }
}

#endif

}  // namespace
