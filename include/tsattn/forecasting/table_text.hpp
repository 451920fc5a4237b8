#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>

/// Numbers and cells of tables for a terminal.
namespace tsattn::table_text {

/// Writes numbers with `decimals` decimals, or with an exponent and 4 digits.
struct NumberFormat {
  int decimals = 4;
  bool exponent = false;

  std::string operator()(double value) const;
};

/// Counts the places that UTF-8 text takes on a terminal, if each character takes one.
std::size_t display_width(std::string_view text);

/// Puts blanks in front of the text that make it `width` places wide.
std::string left_padded(std::string_view text, std::size_t width);

}  // namespace tsattn::table_text

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/table_text.inl>
#endif
