#include <limits>

#include <doctest/doctest.h>

#include <tsattn/forecasting/table_text.hpp>

namespace {

using namespace tsattn::table_text;

TEST_CASE("numbers have the decimals that were chosen, or an exponent and four digits") {
  CHECK(NumberFormat{}(0.5) == "0.5000");
  CHECK(NumberFormat{.decimals = 1}(1234.56) == "1234.6");
  CHECK(NumberFormat{.decimals = 1, .exponent = true}(1234.56) == "1.235e+03");
  CHECK(NumberFormat{}(-std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("a character takes one place, whatever its bytes") {
  CHECK(display_width("") == 0);
  CHECK(display_width("°C") == 2);
  CHECK(left_padded("°C", 4) == "  °C");
  CHECK(left_padded("longer", 4) == "longer");
}

}  // namespace
