#pragma once

#include <string>
#include <vector>

#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/forecasting/metrics.hpp>

namespace stock_prices {

/// Forecasts of the windows of a part, in prices: [horizon, windows, 1].
struct PriceForecast {
  std::string name;
  tsattn::Sequence<double> prices;
};

/// How one forecast's squared errors compare with another's of the same days.
struct Comparison {
  double rmse = 0, other_rmse = 0;
  /// The mean of the other's squared errors minus its own, in standard errors of that mean: of Diebold & Mariano 1995,
  /// "Comparing predictive accuracy", eq. 1, with the autocovariances of horizon - 1 lags. NaN if the errors are alike.
  double statistic = 0;

  /// More than chance explains: at 5 %, as 1.96 standard errors are.
  bool is_better() const { return statistic > 1.96; }
};

/// Forecasts of a part of the series, the model's first, then the same price as today, drift, and a linear
/// autoregression that learned from the training part.
struct PartForecasts {
  tsattn::Index first_day = 0;      ///< that is forecast: the target of window 0 one day ahead
  tsattn::Sequence<double> actual;  ///< [horizon, windows, 1]
  std::vector<PriceForecast> forecasts;
  std::vector<tsattn::NamedMetrics> metrics;
};

/// The series [days, 1, 1] holds prices, or their logarithms if `logarithms`. Throws DataError if the part has no room
/// for a window.
PartForecasts forecast_part(const std::string& model_name, const tsattn::Forecaster<float>& forecaster,
                            const tsattn::Sequence<double>& series, bool logarithms, const tsattn::IndexRange& part,
                            const tsattn::IndexRange& training, int threads);

Comparison compare(const tsattn::Sequence<double>& forecast, const tsattn::Sequence<double>& other,
                   const tsattn::Sequence<double>& actual);

/// In a sentence or two, whether the model is better than saying that the price stays what it is.
std::string verdict_text(const std::string& model_name, const Comparison& with_same_as_today);

}  // namespace stock_prices
