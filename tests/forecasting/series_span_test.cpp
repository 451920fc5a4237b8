#include <array>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/forecasting/series_span.hpp>

namespace {

using namespace tsattn;
using namespace tsattn::forecasting_parts;

TEST_CASE("vectors, arrays and spans are series, of float or double") {
  std::vector<float> values{1, 2};
  const std::array<double, 3> three{1, 2, 3};
  static_assert(std::is_same_v<decltype(span_of(values)), std::span<const float>>);
  static_assert(std::is_same_v<decltype(span_of(three)), std::span<const double>>);
  CHECK(span_of(values).data() == values.data());
  CHECK(span_of(std::span(values).first(1)).size() == 1);
  CHECK(doubles_of(values) == std::vector<double>{1, 2});
}

TEST_CASE("the first value that is not finite is named") {
  std::vector<double> values{1, 2, 3};
  require_finite("here", "series", std::span<const double>(values));
  values[1] = -std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(require_finite("here", "series", std::span<const double>(values)),
                       "[here] expected finite values, got series[1] = -inf", DataError);
}

}  // namespace
