#pragma once

#include <algorithm>
#include <cmath>
#include <ios>
#include <locale>
#include <sstream>

#include <tsattn/forecasting/table_text.hpp>

namespace tsattn::table_text {

TSATTN_LIBRARY_FUNCTION std::string NumberFormat::operator()(double value) const {
  if (std::isnan(value)) return "nan";  // some libraries write -nan
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.setf(exponent ? std::ios_base::scientific : std::ios_base::fixed, std::ios_base::floatfield);
  text.precision(exponent ? 3 : decimals);
  text << value;
  return text.str();
}

TSATTN_LIBRARY_FUNCTION std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

TSATTN_LIBRARY_FUNCTION std::string left_padded(std::string_view text, std::size_t width) {
  return std::string(width - (std::min)(width, display_width(text)), ' ').append(text);
}

}  // namespace tsattn::table_text
