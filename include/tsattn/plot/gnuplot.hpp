#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <ios>
#include <limits>
#include <locale>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/plot/labels.hpp>
#include <tsattn/plot/run_program.hpp>

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
  std::optional<Extent> extent() const {
    std::optional<Extent> found;
    for (const double value : values_) {
      if (!std::isfinite(value)) continue;
      found = found ? Extent{(std::min)(found->min, value), (std::max)(found->max, value)} : Extent{value, value};
    }
    return found;
  }

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

/// For curves that only their number tells apart: after 8 of them the dashes differ.
inline constexpr std::array<std::string_view, 8> kCurves{kBlue,   kVermillion, kGreen, kPurple,
                                                         kOrange, kSkyBlue,    kBlack, kGrey};
/// For the forecasts beside a model's, drawn dashed.
inline constexpr std::array<std::string_view, 6> kBaselines{kGrey, kGreen, kPurple, kOrange, kBlue, kBlack};
}  // namespace plot_colour

/// 1, 2 or 5 times a power of ten: the smallest distance of the labels of an axis that has `length` > 0 and at most
/// `most` distances.
inline double distance_of_tics(double length, int most) {
  const double exact = length / most, power = std::pow(10, std::floor(std::log10(exact)));
  for (const int factor : {1, 2, 5})
    if (factor * power >= exact) return factor * power;
  return 10 * power;
}

/// The command for a linear y axis that shows all finite values of `curves`, at least one, with 0.06 of their extent as
/// room below and `room_above` of it above.
inline std::string linear_y_axis(const std::vector<const PlotValues*>& curves, double room_above = 0.06) {
  constexpr double kInfinity = (std::numeric_limits<double>::infinity)();
  PlotValues::Extent all{kInfinity, -kInfinity};
  for (const PlotValues* const curve : curves)
    if (const auto extent = curve->extent()) all = {(std::min)(all.min, extent->min), (std::max)(all.max, extent->max)};
  const double extent = all.max - all.min, magnitude = (std::max)(std::abs(all.min), std::abs(all.max));
  const double least = extent > 0 ? 1e-6 * magnitude : 0.1 * magnitude;  // the labels have 8 digits
  double below = (std::max)(0.06 * extent, least), above = (std::max)(room_above * extent, least);
  if (magnitude == 0) below = above = 1;
  std::ostringstream command;
  command.imbue(std::locale::classic());
  command.precision((std::numeric_limits<double>::digits10));
  command << "set yrange [" << all.min - below << ':' << all.max + above << "]\n";
  return command.str();
}

namespace gnuplot_parts {

inline std::filesystem::path path_of_utf8(std::string_view text) { return std::u8string(text.begin(), text.end()); }

/// Throws ConfigError unless `name` can be the name of a file in a folder.
inline void require_file_name(std::string_view name) {
  const bool is_plain = std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == std::filesystem::path::preferred_separator || is_control(c);
  });
  if (name.empty() || !is_plain)
    fail<ConfigError>("draw_with_gnuplot", "expected a file name without its ending and without a folder, got \"", name,
                      '"');
}

inline void write_columns(std::ostream& out, const std::vector<PlotColumn>& columns) {
  Index rows = 0;
  out << '#';
  for (const PlotColumn& column : columns) {
    out << ' ' << column.title;
    rows = (std::max)(rows, column.values.size());
  }
  out << '\n';
  out.precision((std::numeric_limits<double>::digits10));
  for (Index row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const PlotValues& values = columns[i].values;
      if (row < values.size() && std::isfinite(values[row])) {
        out << values[row];
      } else {
        out << "NaN";
      }
      out << (i + 1 < columns.size() ? ' ' : '\n');
    }
}

/// How every script begins: picture, fonts, colours of the axes. './' takes the special meaning from names that begin
/// with a sign: gnuplot would run what follows a pipe sign.
inline std::string preamble(std::string_view name, PlotFormat format, PlotSize size) {
  const bool is_svg = format == PlotFormat::svg;
  const std::string file(name);
  std::ostringstream script;
  script.imbue(std::locale::classic());
  script << "# gnuplot draws the picture again from this file, started in this folder.\n"
         << "reset\nset encoding utf8\n"
         << "width = " << size.width << "\nheight = " << size.height << '\n';
  if (is_svg) {
    script << "set terminal svg noenhanced size width,height rounded font 'sans-serif,18' background '#ffffff'\n"
           << "set title font ',23'\n";
  } else {
    script << "if (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {\n"
           << "  set terminal pngcairo noenhanced size width,height rounded font 'sans-serif,14' background '#ffffff'\n"
           << "  set title font ',18'\n"
           << "} else {\n"
           << "  set terminal png noenhanced truecolor size width,height\n"
           << "}\n";
  }
  script << "set output " << gnuplot_string("./" + file + (is_svg ? ".svg" : ".png")) << '\n'
         << "data = " << gnuplot_string("./" + file + ".dat") << '\n'
         << "set border 3 linecolor '#333333'\n"
         << "set tics nomirror out\n"
         << "set format x '%.8g'\nset format y '%.8g'\n"  // the default begins with a blank, which moves the labels
         << "set grid linetype 1 linewidth 1 linecolor '#dddddd'\n"
         << "set rmargin 6\n";
  return script.str();
}

/// Whether the picture has its end. gnuplot ignores what the system says of writing: on a full disk half a picture
/// stays and it ends as if all were well.
inline bool is_whole(const std::filesystem::path& picture, PlotFormat format) {
  using namespace std::string_view_literals;
  const std::string_view end = format == PlotFormat::svg ? "</svg>"sv : "IEND\xAE\x42\x60\x82"sv;  // PNG's last chunk
  std::ifstream file(picture, std::ios::binary);
  std::string last(64, '\0');
  file.seekg(0, std::ios::end);
  file.seekg((std::max)(std::streamoff{0}, static_cast<std::streamoff>(file.tellg()) - 64));
  file.read(last.data(), 64);
  last.resize(static_cast<std::size_t>(file.gcount()));
  while (format == PlotFormat::svg && !last.empty() && (last.back() == '\n' || last.back() == '\r')) last.pop_back();
  return last.ends_with(end);
}

}  // namespace gnuplot_parts

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
inline PlotResult draw_with_gnuplot(const std::filesystem::path& directory, std::string_view name, PlotFormat format,
                                    const std::vector<PlotColumn>& columns, std::string_view commands,
                                    PlotSize size = {}, std::chrono::milliseconds limit = std::chrono::minutes(1)) {
  using namespace gnuplot_parts;
  require_file_name(name);
  const auto file = [&](const char* ending) { return directory / path_of_utf8(std::string(name).append(ending)); };
  const std::string script = std::string(name) + ".gp";
  write_file_atomically(file(".dat"), [&](std::ostream& out) { write_columns(out, columns); });
  write_file_atomically(
      file(".gp"), [&](std::ostream& out) { out << preamble(name, format, size) << commands << "unset output\n"; });

  PlotResult result{file(format == PlotFormat::svg ? ".svg" : ".png"), false, {}};
  const std::optional<std::filesystem::path> gnuplot = find_program("gnuplot");
  if (!gnuplot) {
    std::ostringstream note;
    note << "gnuplot not found: run 'gnuplot " << script << "' in " << (directory.empty() ? "." : directory)
         << " to draw it";
    result.note = note.str();
    return result;
  }
  std::error_code ignored;
  std::filesystem::remove(result.picture, ignored);  // an older one must not be taken for this one
  try {
    result.note = run_program(*gnuplot, "./" + script, directory, limit);
    const bool is_file = std::filesystem::is_regular_file(result.picture, ignored);
    if (!is_file || std::filesystem::file_size(result.picture, ignored) == 0)
      fail<IoError>("draw_with_gnuplot", *gnuplot, " has not drawn ", result.picture, ": ", result.note);
    if (!is_whole(result.picture, format))
      fail<IoError>("draw_with_gnuplot", *gnuplot, " has drawn only the beginning of ", result.picture,
                    "; is the disk full? ", result.note);
  } catch (const IoError&) {
    std::filesystem::remove(result.picture, ignored);  // nor half of one
    throw;
  }
  result.drawn = true;
  return result;
}

}  // namespace tsattn
