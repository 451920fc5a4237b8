#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/labels.hpp>

/// Pictures by gnuplot, a program that need not be there: what it would draw is kept as a script and its data, and
/// drawn at once if the program is found.
namespace tsattn {

enum class PlotFormat {
  png,
  svg,
};

/// What became of a picture.
struct PlotResult {
  std::filesystem::path picture;  ///< <name>.png or <name>.svg; beside it lie <name>.gp and <name>.dat
  bool drawn = false;             ///< whether the picture shows these data
  std::string note;               ///< not drawn: why, and how to draw it; drawn: what gnuplot said, mostly nothing
};

namespace gnuplot_parts {

template <class Number>
requires requires(const Number& value) { static_cast<double>(value); }
double number_of(const Number& value) { return static_cast<double>(value); }

/// Seconds since 1970-01-01 00:00.
template <class Clock, class Duration>
requires std::same_as<Clock, std::chrono::local_t> || std::same_as<Clock, std::chrono::system_clock>
double number_of(const std::chrono::time_point<Clock, Duration>& time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace gnuplot_parts

/// Numbers to draw: made, as a copy, from any range of numbers (vector, span, Eigen vector, {1.0, 2.0}), or of points
/// in time (local_time, sys_time), which become seconds since 1970-01-01 00:00. What is not finite becomes a gap in the
/// curve.
class PlotValues {
 public:
  struct Extent {
    double min, max;
  };

  PlotValues() = default;
  PlotValues(std::initializer_list<double> values) : values_(values) {}
  template <class Range>
  requires(!std::same_as<Range, PlotValues>) && requires(const Range& range) {
    gnuplot_parts::number_of(*range.begin());
  }
  PlotValues(const Range& range) {  // implicit, so that a plot function takes what the user has
    for (const auto& value : range) values_.push_back(gnuplot_parts::number_of(value));
  }

  Index size() const { return static_cast<Index>(values_.size()); }
  bool empty() const { return values_.empty(); }
  double operator[](Index i) const { return values_[static_cast<std::size_t>(i)]; }
  const std::vector<double>& values() const { return values_; }

  /// The last `count` values.
  PlotValues last(Index count) const {
    PlotValues part;
    part.values_.assign(values_.end() - count, values_.end());
    return part;
  }
  /// The smallest and the largest finite value, if there is one.
  std::optional<Extent> extent() const;

 private:
  std::vector<double> values_;
};

/// A curve with its name in the legend.
struct PlotCurve {
  std::string name;
  PlotValues values;
};

/// One column of the data file, with its title there: one word.
struct PlotColumn {
  std::string title;
  PlotValues values;
};

/// Colours that differ for every kind of colour vision.
/// Source: Okabe & Ito 2008, "Color universal design".
namespace plot_colour {
inline constexpr std::string_view kBlack = "#000000";
inline constexpr std::string_view kOrange = "#E69F00";
inline constexpr std::string_view kSkyBlue = "#56B4E9";
inline constexpr std::string_view kGreen = "#009E73";
inline constexpr std::string_view kBlue = "#0072B2";
inline constexpr std::string_view kVermillion = "#D55E00";
inline constexpr std::string_view kPurple = "#CC79A7";
inline constexpr std::string_view kGrey = "#777777";

/// The colours of curves that only their number tells apart: after 8 of them the dashes differ.
inline constexpr std::array<std::string_view, 8> kCurves{kBlue,   kVermillion, kGreen, kPurple,
                                                         kOrange, kSkyBlue,    kBlack, kGrey};

/// The colours of the forecasts beside a model's, which are drawn dashed.
inline constexpr std::array<std::string_view, 6> kBaselines{kGrey, kGreen, kPurple, kOrange, kBlue, kBlack};
}  // namespace plot_colour

/// Returns 1, 2 or 5 times a power of ten: the smallest distance of the labels of an axis that has `length` > 0 and at
/// most `most` distances.
double distance_of_tics(double length, int most);

/// The command for a linear y axis that shows all finite values of `curves`, at least one, with 0.06 of their extent as
/// room below and `room_above` of it above.
std::string linear_y_axis(const std::vector<const PlotValues*>& curves, double room_above = 0.06);

/// Writes the script `name`.gp and its data `name`.dat to the folder `directory`, which must exist, and has gnuplot
/// draw `name`.png or .svg there. The script names the other files without the folder: it can be moved, and `gnuplot
/// name.gp` in it draws the picture again.
///
/// `commands` is what the script says after the common part; there, `data` is the name of the data file, whose columns
/// are `columns` (a short one is filled with gaps), and a text from outside must be written by gnuplot_string.
///
/// Never prints. Without gnuplot on the PATH it returns drawn = false and a note. Throws ConfigError if `name` is no
/// plain file name, IoError if a file cannot be written, or, with gnuplot's own words, if gnuplot fails or runs for
/// longer than `limit`.
PlotResult draw_with_gnuplot(const std::filesystem::path& directory, std::string_view name, PlotFormat format,
                             const std::vector<PlotColumn>& columns, std::string_view commands, PlotSize size = {},
                             std::chrono::milliseconds limit = std::chrono::minutes(1));

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/gnuplot.inl>
#endif
