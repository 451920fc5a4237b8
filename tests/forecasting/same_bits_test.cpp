// What stands between a series and its forecasts, beside the model, has the same bits with every compiler, processor
// and set of flags.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/missing_values.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/baselines.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>
#include <tsattn/forecasting/metrics.hpp>

namespace {

using namespace tsattn;

/// FNV-1a over the bytes.
template <class S>
std::uint64_t hash_of(std::span<const S> values) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::byte byte : std::as_bytes(values)) hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3U;
  return hash;
}
template <class S>
std::uint64_t hash_of(const Sequence<S>& values) {
  return hash_of(std::span<const S>(values.data(), static_cast<std::size_t>(values.size())));
}

template <class S>
Sequence<S> random_series(std::uint64_t seed) {
  Random random(seed);
  Sequence<S> series({300, 1, 3});
  for (Index i = 0; i < series.size(); ++i) series.data()[i] = static_cast<S>(random.uniform(-1, 3));
  return series;
}

template <class S>
std::uint64_t hash_of_scaling(Scaling scaling) {
  const Sequence<S> series = random_series<S>(5);
  const Scaler scaler = Scaler::fit(scaling, series, {0, 202});
  const auto scaled = scaler.template transform<S>(series);
  return hash_of(scaled) ^ (hash_of(scaler.template inverse_transform<double>(scaled)) << 1U);
}

template <class S>
std::uint64_t hash_of_normalization(InstanceNormalization how) {
  const Sequence<S> series = random_series<S>(6);
  const Windows<S> windows(series, {.lookback = 16, .horizon = 4});
  const ForecastWindows<S> samples(windows, how, Channels::together);
  std::vector<Index> all(static_cast<std::size_t>(samples.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Index>(i);
  Sequence<S> x, target;
  samples.gather(all, x, target);
  Random random(7);
  for (Index i = 0; i < target.size(); ++i) target.data()[i] += static_cast<S>(random.uniform(-1, 1));
  return hash_of(x) ^ (hash_of(samples.forecasts(target)) << 1U);
}

// All numbers here were found once with g++ 12 on x86-64.

TEST_CASE("the scalers") {
  CHECK(hash_of_scaling<float>(Scaling::standard) == 0x5E1E8AB0B9C28781U);
  CHECK(hash_of_scaling<double>(Scaling::standard) == 0xC718EEDDFD826B41U);
  CHECK(hash_of_scaling<float>(Scaling::min_max) == 0x8263250CB8D35325U);
  CHECK(hash_of_scaling<double>(Scaling::min_max) == 0xB951543D03015515U);
  CHECK(hash_of_scaling<float>(Scaling::robust) == 0x0982FFD9F41AD130U);
  CHECK(hash_of_scaling<double>(Scaling::robust) == 0x655D7913D62A3D2DU);
}

TEST_CASE("the normalization of windows, and forecasts back from it") {
  CHECK(hash_of_normalization<float>(InstanceNormalization::last_value) == 0x442EA01D7735E064U);
  CHECK(hash_of_normalization<double>(InstanceNormalization::last_value) == 0x958E1BC8BD39E4F0U);
  CHECK(hash_of_normalization<float>(InstanceNormalization::standard) == 0x54C2C079C39D4A08U);
  CHECK(hash_of_normalization<double>(InstanceNormalization::standard) == 0x19160EBA8AC079DFU);
}

TEST_CASE("missing values on lines, drift and metrics") {
  Table table;
  table.names = {"a", "b", "c"};
  table.values = random_series<double>(8);
  for (Index row = 1; row < 299; ++row)
    if (row % 9 > 1) table.values(row, 0, row % 2) = std::numeric_limits<double>::quiet_NaN();
  fill_missing_values(table, MissingValues::linear);
  CHECK(hash_of(table.values) == 0xB4B9354D2EBCA125U);

  std::vector<double> actual, shifted;
  for (Index row = 0; row < 300; ++row)
    actual.push_back(table.values(row, 0, 0)), shifted.push_back(table.values(row, 0, 1));
  CHECK(hash_of(std::span<const double>(drift_forecast(actual, {100, 300}, 7))) == 0x8405C7CB5F5C2EB3U);
  const RegressionMetrics metrics = regression_metrics(actual, shifted);
  const double found[] = {metrics.mse, metrics.rmse, metrics.r2, metrics.correlation};
  CHECK(hash_of(std::span<const double>(found)) == 0xDA4AAF9C7FDC53A0U);
}

}  // namespace
