#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
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
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/labels.hpp>
#include <tsattn/plot/run_program.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::optional<PlotValues::Extent> PlotValues::extent() const {
  std::optional<Extent> found;
  for (const double value : values_) {
    if (!std::isfinite(value)) continue;
    found = found ? Extent{(std::min)(found->min, value), (std::max)(found->max, value)} : Extent{value, value};
  }
  return found;
}

TSATTN_LIBRARY_FUNCTION double distance_of_tics(double length, int most) {
  const double exact = length / most, power = std::pow(10, std::floor(std::log10(exact)));
  for (const int factor : {1, 2, 5})
    if (factor * power >= exact) return factor * power;
  return 10 * power;
}

TSATTN_LIBRARY_FUNCTION std::string linear_y_axis(const std::vector<const PlotValues*>& curves, double room_above) {
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

namespace gnuplot_script_parts {

inline std::filesystem::path path_of_utf8(std::string_view text) { return std::u8string(text.begin(), text.end()); }

/// Throws ConfigError unless `name` can be the name of a file in a folder.
inline void require_file_name(std::string_view name) {
  const bool is_plain = std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == std::filesystem::path::preferred_separator || gnuplot_parts::is_control(c);
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

}  // namespace gnuplot_script_parts

TSATTN_LIBRARY_FUNCTION PlotResult draw_with_gnuplot(const std::filesystem::path& directory, std::string_view name,
                                                     PlotFormat format, const std::vector<PlotColumn>& columns,
                                                     std::string_view commands, PlotSize size,
                                                     std::chrono::milliseconds limit) {
  using namespace gnuplot_script_parts;
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
