#include "evaluation.hpp"

#include <cmath>
#include <iomanip>
#include <locale>
#include <span>
#include <sstream>
#include <utility>

#include <tsattn/tsattn.hpp>

namespace stock_prices {

namespace ts = tsattn;

namespace {

std::span<const double> values_of(const ts::Sequence<double>& sequence) {
  return {sequence.data(), static_cast<std::size_t>(sequence.size())};
}

ts::Sequence<double> to_prices(ts::Sequence<double> values, bool logarithms) {
  if (logarithms)
    for (ts::Index i = 0; i < values.size(); ++i) values.data()[i] = std::exp(values.data()[i]);
  return values;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// The variance of the mean of `values`, whose neighbours up to `lags` places away are correlated.
double variance_of_mean(const std::vector<double>& values, std::size_t lags) {
  const double mean = mean_of(values);
  const auto count = static_cast<double>(values.size());
  const auto covariance = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t i = lag; i < values.size(); ++i) sum += (values[i] - mean) * (values[i - lag] - mean);
    return sum / count;
  };
  const double own = covariance(0);
  double all = own;
  for (std::size_t lag = 1; lag <= lags && lag < values.size(); ++lag) all += 2 * covariance(lag);
  return (all > 0 ? all : own) / count;  // the sum of estimates can be below 0
}

}  // namespace

PartForecasts forecast_part(const std::string& model_name, const ts::Forecaster<float>& forecaster,
                            const ts::Sequence<double>& series, bool logarithms, const ts::IndexRange& part,
                            const ts::IndexRange& training, int threads) {
  const ts::Windows<double> windows(series, forecaster.windows(), part);
  const ts::ForecastPairs<float> pairs = forecaster.predict(series, part, {.batch_size = 256, .threads = threads});
  PartForecasts result;
  result.first_day = windows.target_step(0);
  result.actual = ts::Sequence<double>(pairs.actual.shape());
  for (ts::Index h = 0; h < result.actual.time(); ++h)
    for (ts::Index window = 0; window < result.actual.batch(); ++window)
      result.actual(h, window, 0) = series(windows.target_step(window) + h, 0, 0);
  result.actual = to_prices(std::move(result.actual), logarithms);

  const auto add = [&](const std::string& name, ts::Sequence<double> forecast) {
    result.forecasts.push_back({name, to_prices(std::move(forecast), logarithms)});
    result.metrics.push_back(
        {name, ts::regression_metrics(values_of(result.actual), values_of(result.forecasts.back().prices))});
  };
  add(model_name, forecaster.scaler().inverse_transform<double>(pairs.forecast));
  add("same as today", ts::last_value_forecasts(windows));
  add("drift", ts::drift_forecasts(windows));
  add("linear autoregression", ts::linear_forecasts(windows, training));
  return result;
}

Comparison compare(const ts::Sequence<double>& forecast, const ts::Sequence<double>& other,
                   const ts::Sequence<double>& actual) {
  std::vector<double> differences;  // of every window
  for (ts::Index window = 0; window < actual.batch(); ++window) {
    double sum = 0;
    for (ts::Index h = 0; h < actual.time(); ++h) {
      const double error = forecast(h, window, 0) - actual(h, window, 0);
      const double other_error = other(h, window, 0) - actual(h, window, 0);
      sum += other_error * other_error - error * error;
    }
    differences.push_back(sum / static_cast<double>(actual.time()));
  }
  const double variance = variance_of_mean(differences, static_cast<std::size_t>(actual.time() - 1));
  return {ts::regression_metrics(values_of(actual), values_of(forecast)).rmse,
          ts::regression_metrics(values_of(actual), values_of(other)).rmse, mean_of(differences) / std::sqrt(variance)};
}

std::string verdict_text(const std::string& model_name, const Comparison& comparison) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << model_name << (comparison.is_better() ? " beats" : " does not beat") << " \"same as today\": RMSE "
       << std::setprecision(5) << comparison.rmse << " against " << comparison.other_rmse << std::setprecision(2);
  if (comparison.is_better()) {
    text << ", which chance does not explain (" << comparison.statistic << " standard errors apart).";
  } else if (comparison.rmse < comparison.other_rmse) {
    text << ", which may well be chance (" << comparison.statistic << " standard errors apart).";
  } else {
    text << '.';
  }
  return text.str();
}

}  // namespace stock_prices
