#pragma once

#include <algorithm>
#include <cstddef>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/index.hpp>

/// The texts of a picture: quoted for gnuplot, and broken or cut to what fits.
namespace tsattn {

/// The picture in pixels, at the size of text that every picture has.
struct PlotSize {
  Index width = 1200;
  Index height = 700;
};

namespace gnuplot_parts {

/// Asked without <cctype>, whose answer depends on the locale and would spoil UTF-8.
inline bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }
inline bool begins_character(char c) { return (c & 0xC0) != 0x80; }

/// The places that a character of UTF-8 takes, by its first byte: two from U+0800 on, where the wide ones lie.
inline Index width_of(char c) { return !begins_character(c) ? 0 : static_cast<unsigned char>(c) >= 0xE0 ? 2 : 1; }

/// Pixels of one place, as measured: the average of a text in lower case, at the size of the axes and of the title.
inline constexpr double kPlace = 9.2, kTitlePlace = 13;

}  // namespace gnuplot_parts

/// `text` as a string of gnuplot's: in single quotes, where neither its escapes nor its `commands` are at work.
inline std::string gnuplot_string(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += gnuplot_parts::is_control(c) ? ' ' : c;
  }
  return quoted + '\'';
}

/// A number in the fewest digits that show `precision` of them, in every locale with a point.
inline std::string number_text(double value, int precision) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(precision);
  text << value;
  return text.str();
}

/// The places that a line of UTF-8 text takes, about: wide characters take two.
inline Index text_width(std::string_view text) {
  Index width = 0;
  for (const char c : text) width += gnuplot_parts::width_of(c);
  return width;
}

/// `text`, or as much of it as takes `most` places with the dots that say that it goes on.
inline std::string shortened(std::string_view text, Index most) {
  if (text_width(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (Index width = 0; end < text.size(); ++end) {
    width += gnuplot_parts::width_of(text[end]);
    if (width > most - 1) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

/// `text` in lines of at most `most` places, broken at blanks or, in a word that is longer, anywhere; what does not fit
/// into `lines` lines is cut off.
inline std::vector<std::string> broken_text(std::string_view text, Index most, Index lines = 3) {
  std::vector<std::string> broken;
  while (text_width(text) > most && static_cast<Index>(broken.size()) + 1 < lines) {
    std::size_t end = 0, blank = 0;
    for (Index width = 0; end < text.size(); ++end) {
      width += gnuplot_parts::width_of(text[end]);
      if (text[end] == ' ') blank = end;
      if (width > most) break;
    }
    const bool is_at_blank = blank > 0;
    broken.emplace_back(text.substr(0, is_at_blank ? blank : end));
    text.remove_prefix(is_at_blank ? blank + 1 : end);
  }
  broken.push_back(shortened(text, most));
  return broken;
}

/// Lines of text as an expression of gnuplot's, whose single quotes cannot hold the end of a line.
inline std::string gnuplot_lines(const std::vector<std::string>& lines) {
  std::string expression;
  for (const std::string& line : lines) {
    if (!expression.empty()) expression += ".\"\\n\".";
    expression += gnuplot_string(line);
  }
  return expression;
}

/// The commands that put the title above the legend and both above the curves: `legend` are the names that the legend
/// will have.
inline std::string heading(std::string_view title, const std::vector<std::string>& legend, PlotSize size = {}) {
  using namespace gnuplot_parts;
  const double room = static_cast<double>(size.width) - 150;
  Index widest = 0;
  for (const std::string& name : legend) widest = (std::max)(widest, text_width(name));
  const auto entries = static_cast<Index>(legend.size());
  constexpr double kSample = 65;  // pixels of the piece of curve beside a name
  const auto fitting = static_cast<Index>(room / (kPlace * static_cast<double>(widest) + kSample));
  const Index columns = (std::max)(Index{1}, (std::min)(entries, fitting)), rows = (entries + columns - 1) / columns;
  const std::vector<std::string> lines = broken_text(title, static_cast<Index>(room / kTitlePlace));

  const auto legend_height = static_cast<double>(rows), further = static_cast<double>(lines.size() - 1);
  std::ostringstream commands;
  commands.imbue(std::locale::classic());
  commands << "set title " << gnuplot_lines(lines) << " offset 0, " << (rows > 0 ? 0.6 + legend_height : 0.3)
           << "\nset tmargin " << (rows > 0 ? 4 + legend_height : 3.6) + 1.4 * further << '\n';
  if (rows > 0)
    commands << "set key at graph 0.5, graph 1.02 center bottom horizontal reverse Left samplen 2.5 maxcols " << columns
             << '\n';
  return commands.str();
}

/// A name as it stands in the legend.
inline std::string legend_name(std::string_view name) { return shortened(name, 60); }

/// The commands for the names of the axes; `height` is the length of the y axis in pixels.
inline std::string axis_labels(std::string_view x, std::string_view y, double height = 500) {
  return "set xlabel " + gnuplot_lines(broken_text(x, 100, 2)) + "\nset ylabel " +
         gnuplot_lines(broken_text(y, static_cast<Index>(height / gnuplot_parts::kPlace), 2)) + '\n';
}

}  // namespace tsattn
