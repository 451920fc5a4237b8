// Pictures: what is written for gnuplot, how it is run, and, where it is installed, what it draws.

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
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

TEST_CASE("names that no file in the folder can have, and folders that are none, are refused") {
  const TemporaryFolder folder;
  for (const char* const name : {"", "a/b", "../a", "a\nb"})
    CHECK_THROWS_AS(plot_attention(folder.path(), name, {1, 2}), ConfigError);
  CHECK(files_in(folder.path()).empty());
  CHECK_THROWS_WITH_AS(plot_attention(folder / "none", "a", {1, 2}), doctest::Contains("there is no folder"), IoError);
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

TEST_CASE("a picture can be SVG, with texts that stay texts") {
  if (!has_gnuplot()) return;
  const TemporaryFolder folder;
  const PlotResult result = plot_forecast(folder.path(), "a", sine(100), sine(100, 0.1),
                                          {.y_label = "temperature (°C)", .format = PlotFormat::svg});
  check_svg(result);
  CHECK(result.picture == folder / "a.svg");
  const std::string svg = read(result.picture);
  CHECK(contains(svg, "temperature (°C)"));
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
