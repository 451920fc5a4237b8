#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/plot_matrix.hpp>
#include <tsattn/plot/run_program.hpp>

#include "support/temporary_folder.hpp"

/// What the tests of pictures share.
namespace tsattn::test {

inline std::set<std::string> files_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::vector<double> sine(Index count, double phase = 0) {
  std::vector<double> values;
  for (Index t = 0; t < count; ++t) values.push_back(std::sin(0.1 * static_cast<double>(t) + phase));
  return values;
}

/// Every row a softmax-like curve that sums to 1.
inline PlotMatrix attention(Index rows, Index cols) {
  PlotMatrix weights(rows, cols);
  for (Index row = 0; row < rows; ++row) {
    double sum = 0;
    for (Index col = 0; col < cols; ++col)
      sum += weights(row, col) = 2 + std::sin(0.3 * static_cast<double>(row) + 0.1 * static_cast<double>(col));
    for (Index col = 0; col < cols; ++col) weights(row, col) /= sum;
  }
  return weights;
}

/// A text with what has a meaning to a shell or to gnuplot.
inline const std::string kOddText = "it's \"odd\" $(touch x1) `touch x2` ;touch x3 & ünï 日本 {a}_b^c @d #e %d \\";

#if __has_include(<sys/wait.h>)

/// PATH while it lives; an empty one hides gnuplot.
class Path {
 public:
  explicit Path(const std::string& value) {
    if (const char* const old = std::getenv("PATH")) old_ = old;
    ::setenv("PATH", value.c_str(), 1);
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;
  ~Path() { ::setenv("PATH", old_.c_str(), 1); }

 private:
  std::string old_;
};

inline bool has_gnuplot() {
  if (find_program("gnuplot")) return true;
  MESSAGE("skipped: gnuplot is not installed");
  return false;
}

inline void check_png(const PlotResult& result) {
  CAPTURE(result.note);
  CHECK(result.drawn);
  CHECK(result.note == "");
  const std::string bytes = read(result.picture);
  CHECK(bytes.starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(bytes.size() > 5000);
}

inline void check_svg(const PlotResult& result) {
  CAPTURE(result.note);
  CHECK(result.drawn);
  CHECK(result.note == "");
  const std::string svg = read(result.picture);
  CHECK(contains(svg, "<svg"));
  CHECK(contains(svg, "</svg>"));
}

#endif

}  // namespace tsattn::test
