#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/forecasting/linear_autoregression.hpp>

namespace {

using namespace tsattn;

/// What the rounding of a few hundred sums leaves of numbers of size 1, times the condition of well-posed windows.
constexpr double kRounding = 1e-11;

void check_close(const std::vector<double>& values, const std::vector<double>& expected, double tolerance = kRounding) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CAPTURE(values[i]);
    CAPTURE(expected[i]);
    CHECK(std::abs(values[i] - expected[i]) <= tolerance);
  }
}

std::span<const double> end_of(const std::vector<double>& series, std::size_t count) {
  return std::span(series).last(count);
}

std::vector<double> noise(Index length, double level = 0) {
  Random random(7);
  std::vector<double> values;
  for (Index t = 0; t < length; ++t) values.push_back(level + random.normal());
  return values;
}

// numpy 1.24.2: numpy.linalg.lstsq of the windows and a column of ones.
TEST_CASE("weights and forecasts are those of numpy") {
  std::vector<double> series;
  for (int t = 0; t < 30; ++t) series.push_back(std::sin(t * 0.7) + 0.3 * std::cos(t * t * 0.31) + 0.05 * t + 10);
  const auto model = LinearAutoregression::fit(series, {0, 30}, {.lookback = 3, .horizon = 2});
  const std::vector<double> w[] = {{-0.3806880867244034, -0.23311244976191015, 1.0252947182177377},
                                   {-0.2647120960744158, -0.850419484382836, 0.974340015873116}};
  REQUIRE(model.weights().rows() == 2);
  REQUIRE(model.weights().cols() == 3);
  for (Index h = 0; h < 2; ++h)
    for (Index l = 0; l < 3; ++l)
      CHECK(std::abs(model.weights()(h, l) - w[h][static_cast<std::size_t>(l)]) <= kRounding);
  check_close(model.forecast(end_of(series, 3)), {11.554167015985765, 10.896023831285873});

  const auto relative = LinearAutoregression::fit(series, {0, 30}, {.lookback = 3, .horizon = 2, .relative = true});
  const std::vector<double> relative_w[] = {{0.15870901759080505, -0.6905878786153888, 0},
                                            {0.7808844765716574, -1.7372146426294826, 0}};
  for (Index h = 0; h < 2; ++h)
    for (Index l = 0; l < 3; ++l)
      CHECK(std::abs(relative.weights()(h, l) - relative_w[h][static_cast<std::size_t>(l)]) <= kRounding);
  CHECK(std::abs(relative.intercept()(0) - 0.016435180284829876) <= kRounding);
  CHECK(std::abs(relative.intercept()(1) - 0.06420803276730451) <= kRounding);
  check_close(relative.forecast(end_of(series, 3)), {12.217413808533362, 12.181697350031758});
}

TEST_CASE("a recurrence is found") {
  std::vector<double> series{5, -3};
  for (std::size_t t = 2; t < 40; ++t) series.push_back(1.2 * series[t - 1] - 0.9 * series[t - 2] + 3);
  const auto model = LinearAutoregression::fit(series, {0, 30}, {.lookback = 2, .horizon = 10});
  CHECK(model.weights()(0, 0) == doctest::Approx(-0.9).epsilon(kRounding));
  CHECK(model.weights()(0, 1) == doctest::Approx(1.2).epsilon(kRounding));
  check_close(model.forecast(std::span(series).subspan(28, 2)), {series.begin() + 30, series.end()});
}

TEST_CASE("over several blocks, and far from 0, what is left is orthogonal to all that is known") {
  const Index lookback = 5, horizon = 2, length = 700;
  for (const double level : {0.0, 1e6}) {
    const std::vector<double> series = noise(length, level);
    const auto model = LinearAutoregression::fit(series, {0, length}, {lookback, horizon});
    std::vector<double> products(6);  // of the residuals with each known value and with the intercept's 1
    for (Index t = 0; t + lookback + horizon <= length; ++t) {
      const auto window = std::span(series).subspan(static_cast<std::size_t>(t), 5);
      const double residual = series[static_cast<std::size_t>(t + lookback + 1)] - model.forecast(window)[1];
      for (std::size_t l = 0; l < 5; ++l) products[l] += residual * (window[l] - level);
      products[5] += residual;
    }
    // 700 residuals of size 1, whose roundings are those of numbers of size `level`.
    for (const double product : products) CHECK(std::abs(product) <= 700 * 1e-14 * std::max(1.0, level));
  }
}

TEST_CASE("only its part is learned from") {
  std::vector<double> series = noise(100);
  const auto before = LinearAutoregression::fit(series, {20, 80}, {.lookback = 4, .horizon = 3});
  series[19] = series[80] = 1e9;
  const auto after = LinearAutoregression::fit(series, {20, 80}, {.lookback = 4, .horizon = 3});
  CHECK(std::equal(before.weights().data(), before.weights().data() + 12, after.weights().data()));
  CHECK(std::equal(before.intercept().data(), before.intercept().data() + 3, after.intercept().data()));
}

TEST_CASE("relative to the last value, a new level is only added") {
  std::vector<double> window = noise(8);
  const auto model = LinearAutoregression::fit(noise(200), {0, 200}, {.lookback = 8, .horizon = 4, .relative = true});
  std::vector<double> expected = model.forecast(window);
  for (double& value : window) value += 1024;
  for (double& value : expected) value += 1024;
  check_close(model.forecast(window), expected);
}

TEST_CASE("a constant goes on") {
  for (const bool relative : {false, true})
    for (const double value : {0.0, 0.1, -1e9 / 3}) {
      const std::vector<double> series(50, value);
      const auto model =
          LinearAutoregression::fit(series, {0, 50}, {.lookback = 6, .horizon = 3, .relative = relative});
      CHECK(model.forecast(end_of(series, 6)) == std::vector<double>(3, value));
    }
}

TEST_CASE("smooth series, whose windows have few directions, go on") {
  for (const bool relative : {false, true}) {
    CAPTURE(relative);
    std::vector<double> sine, line;
    for (int t = 0; t < 300; ++t) {
      sine.push_back(std::sin(t * 0.2) + 5);
      line.push_back(1000 - 0.25 * t);
    }
    const LinearAutoregressionOptions options{.lookback = 40, .horizon = 20, .relative = relative};
    const auto of_sine = LinearAutoregression::fit(sine, {0, 280}, options);
    check_close(of_sine.forecast(std::span(sine).subspan(240, 40)), {sine.begin() + 280, sine.end()});
    for (Index i = 0; i < of_sine.weights().size(); ++i) CHECK(std::abs(of_sine.weights().data()[i]) < 1);
    const auto of_line = LinearAutoregression::fit(line, {0, 280}, options);
    check_close(of_line.forecast(std::span(line).subspan(240, 40)), {line.begin() + 280, line.end()}, 1e-9);
  }
}

TEST_CASE("of equally good weights those of the least norm are taken") {
  // x_1 = -x_2 and y = x_1: every w_1 - w_2 = 1 does; the least are 1/2 and -1/2.
  std::vector<double> series;
  for (int t = 0; t < 20; ++t) series.push_back(t % 2 == 0 ? 3 : -3);
  const auto model = LinearAutoregression::fit(series, {0, 20}, {.lookback = 2});
  CHECK(model.weights()(0, 0) == doctest::Approx(0.5).epsilon(kRounding));
  CHECK(model.weights()(0, 1) == doctest::Approx(-0.5).epsilon(kRounding));
  CHECK(std::abs(model.intercept()(0)) <= kRounding);
}

TEST_CASE("with fewer windows than weights, every window is met") {
  const std::vector<double> series = noise(16);
  const auto model = LinearAutoregression::fit(series, {0, 16}, {.lookback = 10, .horizon = 2});
  for (std::size_t t = 0; t + 12 <= 16; ++t)
    check_close(model.forecast(std::span(series).subspan(t, 10)), {series[t + 10], series[t + 11]});
  const auto one = LinearAutoregression::fit(series, {4, 16}, {.lookback = 10, .horizon = 2});
  check_close(one.forecast(std::span(series).subspan(4, 10)), {series[14], series[15]});
}

TEST_CASE("the size of the numbers changes nothing, and float gives float") {
  const std::vector<double> series = noise(60);
  const auto model = LinearAutoregression::fit(series, {0, 60}, {.lookback = 4, .horizon = 2});
  const std::vector<double> expected = model.forecast(end_of(series, 4));
  for (const double factor : {1e-30, 1e30}) {
    std::vector<double> scaled = series;
    for (double& value : scaled) value *= factor;
    std::vector<double> forecast = LinearAutoregression::fit(scaled, {0, 60}, {4, 2}).forecast(end_of(scaled, 4));
    for (double& value : forecast) value /= factor;
    check_close(forecast, expected);
  }
  const std::vector<float> rounded(series.begin(), series.end());
  const std::vector<float> forecast =
      LinearAutoregression::fit(rounded, {0, 60}, {4, 2}).forecast(std::span(rounded).last(4));
  check_close({forecast.begin(), forecast.end()}, expected, 1e-5);
}

TEST_CASE("what cannot be learned from or forecast is refused") {
  std::vector<double> series = noise(20);
  const auto fit = [&](const IndexRange& part, const LinearAutoregressionOptions& options) {
    return LinearAutoregression::fit(series, part, options);
  };
  CHECK_THROWS_WITH_AS(fit({0, 20}, {}), "[LinearAutoregression::fit] expected a lookback of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(fit({0, 20}, {1, 0}), "[LinearAutoregression::fit] expected a horizon of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(fit({0, 21}, {1, 1}),
                       "[LinearAutoregression::fit] expected a part of the series, got steps 0 to 21 of 20",
                       ConfigError);
  CHECK_THROWS_AS(fit({-1, 20}, {1, 1}), ConfigError);
  CHECK_THROWS_WITH_AS(fit({5, 12}, {5, 3}),
                       "[LinearAutoregression::fit] expected a part with room for a window of 5 + 3 steps, got steps 5 "
                       "to 12; use a longer part or a smaller lookback or horizon",
                       DataError);
  constexpr Index kMost = std::numeric_limits<Index>::max();
  CHECK_THROWS_AS(fit({0, 20}, {kMost, kMost}), DataError);
  CHECK_THROWS_AS(fit({0, 20}, {1, kMost}), DataError);
  CHECK_NOTHROW(fit({5, 13}, {5, 3}));
  series[7] = HUGE_VAL;
  CHECK_THROWS_WITH_AS(fit({0, 20}, {5, 3}), "[LinearAutoregression::fit] expected finite values, got series[7] = inf",
                       DataError);
  const auto model = fit({8, 20}, {2, 1});
  CHECK_THROWS_WITH_AS(model.forecast(series), "[LinearAutoregression::forecast] expected a window of 2 values, got 20",
                       ShapeError);
  CHECK_THROWS_WITH_AS(model.forecast(std::vector<double>{1, std::nan("")}),
                       "[LinearAutoregression::forecast] expected finite values, got window[1] = nan", DataError);
}

}  // namespace
