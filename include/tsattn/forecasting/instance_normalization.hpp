#pragma once

#include <cmath>
#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/unfused_product.hpp>

namespace tsattn {

/// What is taken from every window before the model sees it and given back to the forecast, so that a level at which
/// the training part has never been is none that the model has never seen.
///   none         nothing
///   last_value   the value at the last input step is subtracted
///   standard     the mean of the input steps is subtracted, and the rest divided by sqrt(variance + 1e-5)
/// Each target feature has its own; features that are only read stay as they are.
/// Sources: Zeng, Chen, Zhang & Xu 2023, "Are transformers effective for time series forecasting?" (NLinear); Kim et
/// al. 2022, "Reversible instance normalization" (here without its learned weights).
enum class InstanceNormalization { none, last_value, standard };

template <>
struct EnumNames<InstanceNormalization> {
  static constexpr std::string_view kOption = "normalization";
  static constexpr std::pair<std::string_view, InstanceNormalization> kNames[] = {
      {"none", InstanceNormalization::none},
      {"last_value", InstanceNormalization::last_value},
      {"standard", InstanceNormalization::standard}};
};

/// normalized = (value - shift) / scale
template <class S>
struct Affine {
  S shift = 0, scale = 1;
};

/// How a feature of a window with the values value_at(0), ..., value_at(steps - 1) is normalized.
template <class S, class ValueAt>
Affine<S> instance_normalization(InstanceNormalization how, Index steps, const ValueAt& value_at) {
  if (how == InstanceNormalization::none) return {0, 1};
  if (how == InstanceNormalization::last_value) return {value_at(steps - 1), 1};
  const auto count = static_cast<double>(steps);
  double sum = 0, squares = 0;
  for (Index t = 0; t < steps; ++t) sum += static_cast<double>(value_at(t));
  for (Index t = 0; t < steps; ++t) {
    const double deviation = static_cast<double>(value_at(t)) - sum / count;
    squares += unfused_product(deviation, deviation);
  }
  return {static_cast<S>(sum / count), static_cast<S>(std::sqrt(squares / count + 1e-5))};
}

}  // namespace tsattn
