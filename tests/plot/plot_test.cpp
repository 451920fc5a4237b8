// Pictures: what is written for gnuplot, how it is run, and, where it is installed, what it draws.

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#if __has_include(<sys/wait.h>)
#include <signal.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <tsattn/plot/attention.hpp>
#include <tsattn/plot/forecast.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/training_curves.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

TEST_CASE("a text in gnuplot's quotes stays what it is") {
  CHECK(gnuplot_string("loss") == "'loss'");
  CHECK(gnuplot_string("it's") == "'it''s'");
  CHECK(gnuplot_string("two\nlines\ttab") == "'two lines tab'");
  CHECK(gnuplot_string("Größe `ls` \\n") == "'Größe `ls` \\n'");
}

TEST_CASE("the labels of an axis are round numbers") {
  CHECK(distance_of_tics(1, 5) == doctest::Approx(0.2));
  CHECK(distance_of_tics(0.09, 5) == doctest::Approx(0.02));
  CHECK(distance_of_tics(101, 5) == doctest::Approx(50));
  CHECK(distance_of_tics(45, 5) == doctest::Approx(10));
  for (const double min : {1e-300, 2.5e-4, 0.9, 3e20})
    for (const double factor : {1.02, 1.5, 4.9, 5.1, 60.0, 1900.0, 1e5, 1e40}) {
      CAPTURE(min);
      CAPTURE(factor);
      const std::vector<double> tics = training_curves_parts::logarithmic_tics(min, min * factor);
      CHECK(tics.size() >= 1);
      CHECK(tics.size() <= 13);
      for (const double tic : tics) CHECK((tic >= min && tic <= min * factor));
    }
}

TEST_CASE("numbers of every kind can be drawn") {
  const std::vector<float> floats{1, 2};
  const PlotValues values = floats;
  CHECK(values.values() == std::vector<double>{1, 2});
  CHECK(PlotValues{1.5, 2}.size() == 2);
  CHECK(PlotValues().empty());
  CHECK(PlotValues{1, 2, 3}.last(2).values() == std::vector<double>{2, 3});
  const double nan = std::nan("");
  CHECK(!PlotValues{nan}.extent());
  CHECK(PlotValues{nan, 3, -1}.extent()->min == -1);
  CHECK(PlotValues{nan, 3, -1}.extent()->max == 3);
}

TEST_CASE("what cannot be drawn is refused before anything is written") {
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
  CHECK_THROWS_AS(plot_attention(folder.path(), "a", none), DataError);
  CHECK_THROWS_AS(plot_attention(folder.path(), "a", two, {.window = three}), ShapeError);
  CHECK_THROWS_AS(plot_attention(folder.path(), "a", PlotValues{1}, {.window = nan}), DataError);
  CHECK_THROWS_WITH_AS(plot_attention(folder.path(), "a", two, {.horizon = 0}),
                       "[plot_attention] expected a horizon of at least 1, got 0", ConfigError);
  for (const char* const name : {"", "a/b", "../a", "a\nb"})
    CHECK_THROWS_AS(plot_attention(folder.path(), name, two), ConfigError);
  CHECK(files_in(folder.path()).empty());
  CHECK_THROWS_WITH_AS(plot_attention(folder / "none", "a", two), doctest::Contains("there is no folder"), IoError);
}

#if __has_include(<sys/wait.h>)

/// A command that writes what ends as a picture ends.
const std::string kDrawing = "printf 'IEND\\256B\\140\\202' >a.png";

/// A program named gnuplot that does what `commands` say.
void make_false_gnuplot(const TemporaryFolder& folder, const std::string& commands) {
  std::ofstream(folder / "gnuplot") << "#!/bin/sh\n" << commands << '\n';
  fs::permissions(folder / "gnuplot", fs::perms::owner_all);
}

TEST_CASE("without gnuplot, script and data are written, and a note says how to draw them") {
  const TemporaryFolder folder;
  for (const std::string path : {"", "/nowhere", ":", "/nowhere::/none"}) {
    const Path scope(path);
    const PlotResult result = plot_training_curves(folder.path(), "loss", {1, 0.5, 0.25}, {2, 1, 3}, {.best_epoch = 2});
    CHECK(!result.drawn);
    CHECK(result.picture == folder / "loss.png");
    CHECK(contains(result.note, "gnuplot not found: run 'gnuplot loss.gp' in "));
    CHECK(contains(result.note, folder.path().string()));
  }
  CHECK(files_in(folder.path()) == std::set<std::string>{"loss.dat", "loss.gp"});
  CHECK(read(folder / "loss.dat") == "# epoch loss validation_loss\n1 1 2\n2 0.5 1\n3 0.25 3\n");
  const std::string script = read(folder / "loss.gp");
  CHECK(contains(script, "set output './loss.png'"));
  CHECK(contains(script, "set logscale y"));
  CHECK(contains(script, "best: epoch 2, 1'"));
  CHECK(!contains(script, folder.path().string()));
}

TEST_CASE("the data that are written") {
  const TemporaryFolder folder;
  const Path scope("");
  SUBCASE("a forecast: the last points only, with their steps") {
    const double infinite = std::numeric_limits<double>::infinity();
    plot_forecast(folder.path(), "f", {1, 2, 3, 4}, {1.5, 2.5, infinite, 4.5},
                  {.baselines = {{"naive", {0.0, 1.0, 2.0, 3.0}}}, .first_index = 100, .most = 3});
    CHECK(read(folder / "f.dat") == "# step actual forecast baseline_1\n101 2 2.5 1\n102 3 NaN 2\n103 4 4.5 3\n");
    CHECK(contains(read(folder / "f.gp"), "(the last 3 of 4)"));
  }
  SUBCASE("attention: how long before the forecast value") {
    plot_attention(folder.path(), "a", {0.25, 0.25, 0.5}, {.window = {7.0, 8.0, 9.0}, .horizon = 2});
    CHECK(read(folder / "a.dat") == "# steps_before weight input\n4 0.25 7\n3 0.25 8\n2 0.5 9\n");
    CHECK(contains(read(folder / "a.gp"), "set xrange [4.5:1.5]"));
  }
  SUBCASE("attention without a value that is forecast: the steps are counted") {
    plot_attention(folder.path(), "a", {0.25, 0.25, 0.5}, {.horizon = std::nullopt});
    CHECK(read(folder / "a.dat") == "# step weight\n0 0.25\n1 0.25\n2 0.5\n");
    CHECK(contains(read(folder / "a.gp"), "set xrange [-0.5:2.5]"));
    CHECK(contains(read(folder / "a.gp"), "set xlabel 'step of the window'"));
  }
  SUBCASE("learning rates have an axis of their own") {
    plot_training_curves(folder.path(), "l", {1, 0.5}, {}, {.learning_rate = {0.01, 0.001}});
    CHECK(read(folder / "l.dat") == "# epoch loss validation_loss learning_rate\n1 1 NaN 0.01\n2 0.5 NaN 0.001\n");
    CHECK(contains(read(folder / "l.gp"), "data using 1:4 axes x1y2 with steps"));
    CHECK(contains(read(folder / "l.gp"), "set logscale y2\n"));
  }
  SUBCASE("curves that do not change have an axis that does") {
    plot_forecast(folder.path(), "f", {5, 5}, {5, 5});
    CHECK(contains(read(folder / "f.gp"), "set yrange [4.5:5.5]"));
    plot_forecast(folder.path(), "f", {0, 0}, {0, 0}, {.baselines = {{"naive", {0.0, 2.0}}}});
    CHECK(contains(read(folder / "f.gp"), "set yrange [-0.12:2.12]"));
    plot_training_curves(folder.path(), "f", {0, 0});
    CHECK(contains(read(folder / "f.gp"), "set yrange [-1:1]"));
  }
  SUBCASE("losses that are not all above 0 have a linear axis") {
    plot_training_curves(folder.path(), "l", {1, 0, -1});
    CHECK(!contains(read(folder / "l.gp"), "logscale"));
    CHECK(read(folder / "l.dat") == "# epoch loss validation_loss\n1 1 NaN\n2 0 NaN\n3 -1 NaN\n");
  }
}

TEST_CASE("every picture is drawn") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  SUBCASE("losses") {
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
  SUBCASE("forecast") {
    check_png(
        plot_forecast(folder.path(), "a", sine(1000), sine(1000, 0.1), {.baselines = {{"naive", sine(1000, 0.3)}}}));
    check_png(plot_forecast(folder.path(), "b", sine(1000), sine(1000), {.most = 0}));
    check_png(plot_forecast(folder.path(), "c", {1}, {2}));
    check_png(plot_forecast(folder.path(), "d", {0, 0, 0}, {0, 0, 0}));
    // A range that gnuplot would call empty: the values differ in their last digits only.
    check_png(plot_forecast(folder.path(), "e", {1e6, 1e6 + 3e-10}, {1e6, 1e6}));
    CHECK(contains(read(folder / "e.gp"), "set yrange [999999:1000001]"));
  }
  SUBCASE("attention") {
    for (const Index steps : {1, 2, 50, 200, 1000}) {
      CAPTURE(steps);
      const std::vector<double> weights(static_cast<std::size_t>(steps), 1.0 / static_cast<double>(steps));
      check_png(plot_attention(folder.path(), "a", weights));
      check_png(plot_attention(folder.path(), "b", weights, {.window = sine(steps, 1)}));
    }
    check_png(plot_attention(folder.path(), "c", {-0.5, 0.5}));
  }
  SUBCASE("as SVG") {
    const PlotResult result = plot_forecast(folder.path(), "a", sine(100), sine(100, 0.1),
                                            {.y_label = "temperature (°C)", .format = PlotFormat::svg});
    check_svg(result);
    CHECK(result.picture == folder / "a.svg");
    const std::string svg = read(result.picture);
    CHECK(contains(svg, "temperature (°C)"));
  }
}

TEST_CASE("odd names and texts are only names and texts") {
  if (!has_gnuplot()) return;
  const TemporaryFolder parent;
  const std::string& odd = kOddText;
  const std::vector<std::string> names{odd, "-", "|touch x4", "<touch x5", "--version", "~", " "};
  for (const std::string& name : names) {
    CAPTURE(name);
    const fs::path folder = parent / name;
    fs::create_directory(folder);
    check_png(plot_forecast(folder, name, sine(20), sine(20, 0.2),
                            {.title = odd,
                             .x_label = odd,
                             .y_label = odd,
                             .forecast_name = odd,
                             .baselines = {{odd, sine(20, 1)}},
                             .history = sine(5),
                             .boundary_label = odd}));
    check_png(plot_attention(folder, name, {0.2, 0.8}, {.title = odd, .window = {1.0, 2.0}, .window_label = odd}));
    check_png(plot_training_curves(folder, name, {2, 1}, {3, 2}, {.title = odd, .y_label = odd, .best_epoch = 1}));
    CHECK(files_in(folder) == std::set<std::string>{name + ".dat", name + ".gp", name + ".png"});
  }
  CHECK(files_in(parent.path()) == std::set<std::string>(names.begin(), names.end()));
  CHECK(!fs::exists("x1"));
}

TEST_CASE("a folder that was moved can draw its pictures again, and a relative one is found") {
  if (!has_gnuplot()) return;
  const TemporaryFolder parent;
  fs::create_directory(parent / "before");
  const fs::path old = fs::current_path();
  fs::current_path(parent.path());
  check_png(plot_attention("before", "a", {0.2, 0.8}));
  fs::current_path(parent / "before");
  check_png(plot_attention("", "b", {0.2, 0.8}));
  fs::current_path(old);
  fs::rename(parent / "before", parent / "after");
  fs::remove(parent / "after/a.png");
  CHECK(std::system(("cd '" + (parent / "after").string() + "' && gnuplot a.gp").c_str()) == 0);
  CHECK(fs::file_size(parent / "after/a.png") > 5000);
}

TEST_CASE("what gnuplot complains about is in the error") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  const auto draw = [&] {
    draw_with_gnuplot(folder.path(), "a", PlotFormat::png, {{"x", {1, 2}}}, "plot data using nonsense(\n");
  };
  CHECK_THROWS_WITH_AS(draw(), doctest::Contains("./a.gp"), IoError);
  CHECK(files_in(folder.path()) == std::set<std::string>{"a.dat", "a.gp"});
}

TEST_CASE("a gnuplot that fails, draws nothing or does not end") {
  const TemporaryFolder bin, folder;
  const Path scope(bin.path().string() + ":/usr/bin:/bin");
  const auto draw = [&](std::chrono::milliseconds limit = std::chrono::minutes(1)) {
    return draw_with_gnuplot(folder.path(), "a", PlotFormat::png, {{"x", {1, 2}}}, "", {}, limit);
  };
  std::ofstream(folder / "a.png") << "an old picture";
  SUBCASE("fails") {
    make_false_gnuplot(bin, "echo 'no such terminal' >&2; echo half >a.png; exit 3");
    CHECK_THROWS_WITH_AS(draw(), doctest::Contains("failed with status 3: no such terminal"), IoError);
    CHECK(!fs::exists(folder / "a.png"));
  }
  SUBCASE("is killed") {
    make_false_gnuplot(bin, "kill -9 $$");
    CHECK_THROWS_WITH_AS(draw(), doctest::Contains("ended by signal 9"), IoError);
  }
  SUBCASE("draws half a picture") {
    make_false_gnuplot(bin, "printf 'half a picture' >a.png");
    CHECK_THROWS_WITH_AS(draw(), doctest::Contains("has drawn only the beginning of"), IoError);
    CHECK(!fs::exists(folder / "a.png"));
  }
  SUBCASE("draws nothing") {
    make_false_gnuplot(bin, "exit 0");
    CHECK_THROWS_WITH_AS(draw(), doctest::Contains("has not drawn"), IoError);
    CHECK(!fs::exists(folder / "a.png"));
  }
  SUBCASE("is no program") {
    std::ofstream(bin / "gnuplot") << "\x7f"
                                   << "ELF";
    fs::permissions(bin / "gnuplot", fs::perms::owner_all);
    CHECK_THROWS_WITH_AS(draw(), doctest::Contains("cannot be started"), IoError);
  }
  SUBCASE("does not end") {
    make_false_gnuplot(bin, "echo working; exec sleep 60");
    const auto begin = std::chrono::steady_clock::now();
    CHECK_THROWS_WITH_AS(draw(std::chrono::milliseconds(300)), doctest::Contains("did not end within 300 ms"), IoError);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
  }
  SUBCASE("ends, but leaves a process behind that holds its output open") {
    make_false_gnuplot(bin, kDrawing + "; sleep 10 & exit 0");
    const auto begin = std::chrono::steady_clock::now();
    CHECK(draw().drawn);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
  }
  SUBCASE("reads its input, which is empty, and writes more than a pipe holds") {
    make_false_gnuplot(bin,
                       "cat; " + kDrawing +
                           "; i=0; while [ $i -lt 3000 ]; do echo "
                           "0123456789012345678901234567890123456789012345678901234567890123456789; i=$((i+1)); done");
    CHECK(draw().note.size() == 16384);
  }
  SUBCASE("warns") {
    make_false_gnuplot(bin, kDrawing + "; echo 'Warning: empty y range' >&2");
    CHECK(draw().note == "Warning: empty y range");
  }
  SUBCASE("is collected by the system, because its parent ignores SIGCHLD") {
    make_false_gnuplot(bin, kDrawing);
    auto* const old = ::signal(SIGCHLD, SIG_IGN);
    CHECK(draw().drawn);
    ::signal(SIGCHLD, old);
  }
  SUBCASE("no descriptor is left open") {
    make_false_gnuplot(bin, kDrawing);
    if (!fs::exists("/proc/self/fd")) return;
    const auto count = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); };
    const auto before = count();
    for (int i = 0; i < 3; ++i) draw();
    make_false_gnuplot(bin, "exit 1");
    CHECK_THROWS_AS(draw(), IoError);
    CHECK(count() == before);
  }
}

#endif

}  // namespace
