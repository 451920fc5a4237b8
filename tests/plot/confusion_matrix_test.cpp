// Confusion of classes: what is written, what is refused, what is drawn.

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/confusion_matrix.hpp>
#include <tsattn/plot/plot_matrix.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace confusion_matrix_test {

namespace {

using namespace tsattn;
using namespace tsattn::test;

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("counts that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotMatrix none;
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
  CHECK_THROWS_WITH_AS(draw(PlotMatrix(2, 2)), "[plot_confusion_matrix] expected a count above 0, got none", DataError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

TEST_CASE("cells are counts, and percent of the actual class") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_confusion_matrix(folder.path(), "c", {{3.0, 1.0}, {0.0, 0.0}}, {.class_names = {"it's", "sick"}});
  CHECK(read(folder / "c.dat") == "# predicted actual count percent_of_actual\n0 0 3 75\n1 0 1 25\n0 1 0 0\n1 1 0 0\n");
  const std::string script = read(folder / "c.gp");
  CHECK(contains(script, "set xtics ('it''s' 0, 'sick' 1)\nset ytics ('it''s' 0, 'sick' 1)\n"));
  CHECK(contains(script, "set yrange [1.5:-0.5]\n"));
  CHECK(contains(script, "width = 1200\nheight = 700\n"));
}

TEST_CASE("the picture grows with the classes and the names") {
  const TemporaryFolder folder;
  const Path scope("");
  PlotMatrix counts(30, 30);
  counts(0, 0) = 1;
  plot_confusion_matrix(folder.path(), "c", counts);
  CHECK(contains(read(folder / "c.gp"), "width = 2"));
  plot_confusion_matrix(folder.path(), "c", {{1.0, 0.0}, {0.0, 1.0}},
                        {.class_names = {std::string(40, 'a'), std::string(40, 'b')}});
  CHECK(contains(read(folder / "c.gp"), "'aaaaaaaaaaaaaaaaaaaaaaa…' 0"));
}

TEST_CASE("every confusion matrix is drawn, odd texts too") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  for (const Index classes : {2, 9, 12, 13, 30}) {
    CAPTURE(classes);
    PlotMatrix counts(classes, classes);
    for (Index i = 0; i < classes; ++i) counts(i, i) = 1e6;
    check_png(plot_confusion_matrix(folder.path(), "c", counts));
    check_svg(plot_confusion_matrix(folder.path(), "c", counts, {.format = PlotFormat::svg}));
  }
  check_png(plot_confusion_matrix(folder.path(), "c", {{1.0, 2.0}, {3.0, 4.0}},
                                  {.title = kOddText, .class_names = {kOddText, "\"', 2\nset output\n"}}));
}

#endif

}  // namespace

}  // namespace confusion_matrix_test
