#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tsattn/core/errors.hpp>

/// Series as arguments: contiguous ranges (vector, array, span) of float or double, in time order.
namespace tsattn::forecasting_parts {

template <class Series>
auto span_of(const Series& series) {
  using Scalar = typename decltype(std::span(series))::value_type;
  static_assert(std::is_floating_point_v<Scalar>, "a series is of float or double");
  return std::span<const Scalar>(series);
}

template <class Series>
std::vector<double> doubles_of(const Series& series) {
  const auto values = span_of(series);
  return {values.begin(), values.end()};
}

/// Throws DataError, naming the index, if a value is NaN or infinite; `name` is the argument.
template <class Scalar>
void require_finite(std::string_view where, std::string_view name, std::span<const Scalar> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      fail<DataError>(where, "expected finite values, got ", name, '[', i, "] = ", values[i]);
}

}  // namespace tsattn::forecasting_parts
