#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
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
std::string gnuplot_string(std::string_view text);

/// A number in the fewest digits that show `precision` of them, in every locale with a point.
std::string number_text(double value, int precision);

/// The places that a line of UTF-8 text takes, about: wide characters take two.
Index text_width(std::string_view text);

/// `text`, or as much of it as takes `most` places with the dots that say that it goes on.
std::string shortened(std::string_view text, Index most);

/// `text` in lines of at most `most` places, broken at blanks or, in a word that is longer, anywhere; what does not fit
/// into `lines` lines is cut off.
std::vector<std::string> broken_text(std::string_view text, Index most, Index lines = 3);

/// Lines of text as an expression of gnuplot's, whose single quotes cannot hold the end of a line.
std::string gnuplot_lines(const std::vector<std::string>& lines);

/// The commands that put the title above the legend and both above the curves: `legend` are the names that the legend
/// will have.
std::string heading(std::string_view title, const std::vector<std::string>& legend, PlotSize size = {});

/// A name as it stands in the legend.
std::string legend_name(std::string_view name);

/// The commands for the names of the axes; `height` is the length of the y axis in pixels.
std::string axis_labels(std::string_view x, std::string_view y, double height = 500);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/labels.inl>
#endif
