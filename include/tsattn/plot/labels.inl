#pragma once

#include <algorithm>
#include <cstddef>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/plot/labels.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::string gnuplot_string(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += gnuplot_parts::is_control(c) ? ' ' : c;
  }
  return quoted + '\'';
}

TSATTN_LIBRARY_FUNCTION std::string number_text(double value, int precision) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(precision);
  text << value;
  return text.str();
}

TSATTN_LIBRARY_FUNCTION Index text_width(std::string_view text) {
  Index width = 0;
  for (const char c : text) width += gnuplot_parts::width_of(c);
  return width;
}

TSATTN_LIBRARY_FUNCTION std::string shortened(std::string_view text, Index most) {
  if (text_width(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (Index width = 0; end < text.size(); ++end) {
    width += gnuplot_parts::width_of(text[end]);
    if (width > most - 1) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

TSATTN_LIBRARY_FUNCTION std::vector<std::string> broken_text(std::string_view text, Index most, Index lines) {
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

TSATTN_LIBRARY_FUNCTION std::string gnuplot_lines(const std::vector<std::string>& lines) {
  std::string expression;
  for (const std::string& line : lines) {
    if (!expression.empty()) expression += ".\"\\n\".";
    expression += gnuplot_string(line);
  }
  return expression;
}

TSATTN_LIBRARY_FUNCTION std::string heading(std::string_view title, const std::vector<std::string>& legend,
                                            PlotSize size) {
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

TSATTN_LIBRARY_FUNCTION std::string legend_name(std::string_view name) { return shortened(name, 60); }

TSATTN_LIBRARY_FUNCTION std::string axis_labels(std::string_view x, std::string_view y, double height) {
  return "set xlabel " + gnuplot_lines(broken_text(x, 100, 2)) + "\nset ylabel " +
         gnuplot_lines(broken_text(y, static_cast<Index>(height / gnuplot_parts::kPlace), 2)) + '\n';
}

}  // namespace tsattn
