#include "forecasts.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <tsattn/tsattn.hpp>

namespace airline_passengers {

namespace ts = tsattn;

ModelInput model_input(const MonthlySeries& series, const Transform& transform, bool knows_month) {
  const std::vector<double> z = transform.apply(series.values);
  ts::Table table{.values = ts::Sequence<double>({static_cast<ts::Index>(z.size()), 1, 1}), .names = {series.name}};
  std::copy(z.begin(), z.end(), table.values.data());
  for (ts::Index row = 0; row < table.rows(); ++row) table.times.push_back(series.time(row + transform.lag));
  if (knows_month) ts::append_time_features(table, {ts::TimeFeature::month});
  return {transform, std::move(table.values)};
}

Forecast model_forecast(const std::string& name, const ts::Forecaster<float>& forecaster, const ModelInput& input) {
  return {name,
          [&forecaster, &input](std::span<const double> known) {
            const std::vector<double> z = input.transform.apply(known);
            ts::Sequence<double> values = input.values;
            for (std::size_t row = 0; row < z.size(); ++row) values(static_cast<ts::Index>(row), 0, 0) = z[row];
            const ts::Sequence<double> next = forecaster.forecast(values, static_cast<ts::Index>(z.size()));
            return input.transform.undo(next(0, 0, 0), known);
          },
          input.transform};
}

std::vector<Forecast> baseline_forecasts(std::span<const double> known, const Transform& transform,
                                         ts::Index lookback) {
  constexpr std::size_t kYear = kSeason;
  std::vector<Forecast> forecasts;
  if (known.size() >= kYear)
    forecasts.push_back({"seasonal naive", [](auto values) { return values[values.size() - kYear]; }});
  forecasts.push_back({"last value", [](auto values) { return values.back(); }});
  if (known.size() >= 2)
    forecasts.push_back({"drift", [](auto values) {
                           const auto steps = static_cast<double>(values.size() - 1);
                           return values.back() + (values.back() - values.front()) / steps;
                         }});
  const std::vector<double> z = transform.apply(known);
  const auto steps = static_cast<ts::Index>(z.size());
  if (steps > lookback)
    forecasts.push_back(
        {"linear autoregression",
         [transform, model = ts::LinearAutoregression::fit(z, {0, steps}, {.lookback = lookback, .relative = true})](
             std::span<const double> values) {
           const std::vector<double> seen = transform.apply(values);
           const auto window = std::span(seen).last(static_cast<std::size_t>(model.options().lookback));
           return transform.undo(model.forecast(window)[0], values);
         },
         transform});
  return forecasts;
}

std::vector<double> from_one_origin(const Forecast& forecast, std::span<const double> series,
                                    const ts::IndexRange& test) {
  std::vector<double> values(series.begin(), series.begin() + test.begin);
  for (ts::Index month = test.begin; month < test.end; ++month) {
    const double next = forecast.next(values);
    if (!forecast.transform.takes(next)) break;
    values.push_back(next);
  }
  return {values.begin() + test.begin, values.end()};
}

std::vector<double> one_step_ahead(const Forecast& forecast, std::span<const double> series,
                                   const ts::IndexRange& test) {
  std::vector<double> values;
  for (ts::Index month = test.begin; month < test.end; ++month) {
    const double next = forecast.next(series.first(static_cast<std::size_t>(month)));
    if (!forecast.transform.takes(next)) break;
    values.push_back(next);
  }
  return values;
}

}  // namespace airline_passengers
