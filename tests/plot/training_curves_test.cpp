// The losses of a training: what is written, what is refused, what is drawn.

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/plot/training_curves.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("losses that cannot be drawn are refused before anything is written") {
  const TemporaryFolder folder;
  const PlotValues two{1, 2}, three{1, 2, 3}, none, nan{std::nan("")};
  CHECK_THROWS_AS(plot_training_curves(folder.path(), "a", none), DataError);
  CHECK_THROWS_AS(plot_training_curves(folder.path(), "a", nan), DataError);
  CHECK_THROWS_WITH_AS(plot_training_curves(folder.path(), "a", two, three),
                       "[plot_training_curves] expected a validation loss for each of 2 epochs, got 3", ShapeError);
  CHECK_THROWS_WITH_AS(plot_training_curves(folder.path(), "a", two, {}, {.best_epoch = 3}),
                       "[plot_training_curves] expected a best epoch from 1 to 2, got 3", ConfigError);
  CHECK_THROWS_AS(plot_training_curves(folder.path(), "a", two, {}, {.best_epoch = 0}), ConfigError);
  CHECK_THROWS_WITH_AS(plot_training_curves(folder.path(), "a", two, {}, {.learning_rate = three}),
                       "[plot_training_curves] expected a learning rate for each of 2 epochs, got 3", ShapeError);
  CHECK_THROWS_WITH_AS(plot_training_curves(folder.path(), "a", two, {}, {.learning_rate = {1, 0}}),
                       "[plot_training_curves] expected learning rates above 0, got 0", DataError);
  CHECK(files_in(folder.path()).empty());
}

#if __has_include(<sys/wait.h>)

/// The numbers in `script` behind `begin`, up to `end`.
std::vector<double> numbers(const std::string& script, const std::string& begin, char end) {
  std::vector<double> found;
  const std::size_t at = script.find(begin);
  REQUIRE(at != std::string::npos);
  for (const char* place = script.c_str() + at + begin.size(); *(place - 1) != end; ++place) {
    char* behind = nullptr;
    found.push_back(std::strtod(place, &behind));
    REQUIRE(behind != place);
    place = behind;
  }
  return found;
}

TEST_CASE("the labels of a logarithmic axis are few, and in its range") {
  const TemporaryFolder folder;
  const Path scope("");
  for (const double min : {1e-300, 2.5e-4, 0.9, 3e20})
    for (const double factor : {1.02, 1.5, 4.9, 5.1, 60.0, 1900.0, 1e5, 1e40}) {
      CAPTURE(min);
      CAPTURE(factor);
      plot_training_curves(folder.path(), "l", {min, min * factor});
      const std::string script = read(folder / "l.gp");
      const std::vector<double> range = numbers(script, "set yrange [", ']'),
                                tics = numbers(script, "set ytics (", ')');
      REQUIRE(range.size() == 2);
      CHECK((range[0] < min && range[1] > min * factor));
      CHECK(tics.size() >= 1);
      CHECK(tics.size() <= 13);
      // Written with 10 digits.
      for (const double tic : tics) CHECK((tic >= range[0] * (1 - 1e-9) && tic <= range[1] * (1 + 1e-9)));
    }
}

TEST_CASE("learning rates have an axis of their own") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_training_curves(folder.path(), "l", {1, 0.5}, {}, {.learning_rate = {0.01, 0.001}});
  CHECK(read(folder / "l.dat") == "# epoch loss validation_loss learning_rate\n1 1 NaN 0.01\n2 0.5 NaN 0.001\n");
  CHECK(contains(read(folder / "l.gp"), "data using 1:4 axes x1y2 with steps"));
  CHECK(contains(read(folder / "l.gp"), "set logscale y2\n"));
}

TEST_CASE("losses that do not change have an axis that does") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_training_curves(folder.path(), "f", {0, 0});
  CHECK(contains(read(folder / "f.gp"), "set yrange [-1:1]"));
}

TEST_CASE("losses that are not all above 0 have a linear axis") {
  const TemporaryFolder folder;
  const Path scope("");
  plot_training_curves(folder.path(), "l", {1, 0, -1});
  CHECK(!contains(read(folder / "l.gp"), "logscale"));
  CHECK(read(folder / "l.dat") == "# epoch loss validation_loss\n1 1 NaN\n2 0 NaN\n3 -1 NaN\n");
}

TEST_CASE("every picture of losses is drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  std::vector<float> loss, validation;
  for (int i = 0; i < 50; ++i) {
    loss.push_back(std::exp(-0.1F * static_cast<float>(i)));
    validation.push_back(loss.back() + 0.01F);
  }
  check_png(plot_training_curves(folder.path(), "a", loss, validation, {.title = "A title", .best_epoch = 50}));
  check_png(plot_training_curves(folder.path(), "b", loss));
  check_png(plot_training_curves(folder.path(), "c", {0.02}));
  check_png(plot_training_curves(folder.path(), "d", {1e-3, 1e25, std::nan("")}, {-1, 2, 1}));
  check_png(plot_training_curves(folder.path(), "e", {1, 0.5}, {}, {.learning_rate = {0.01, 0.01}}));
  check_png(plot_training_curves(folder.path(), "f", {1, 0}, {}, {.learning_rate = {0.01, 0.001}}));
}

#endif

}  // namespace
