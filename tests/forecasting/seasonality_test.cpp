#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numbers>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/data/csv.hpp>
#include <tsattn/data/synthetic.hpp>
#include <tsattn/forecasting/seasonality.hpp>

#include "support/real_data.hpp"

namespace {

using namespace tsattn;

std::vector<double> sine(const SineWaveOptions& options) {
  const Sequence<double> wave = sine_wave<double>(options);
  return {wave.data(), wave.data() + wave.size()};
}

std::vector<double> white_noise(Index length, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> noise;
  for (Index t = 0; t < length; ++t) noise.push_back(random.normal());
  return noise;
}

std::vector<double> random_walk(Index length, std::uint64_t seed) {
  std::vector<double> walk = white_noise(length, seed);
  for (std::size_t t = 1; t < walk.size(); ++t) walk[t] += walk[t - 1];
  return walk;
}

// numpy 1.24.2: d = y - mean(y); sum(d[k:] * d[:n - k]) / sum(d**2)
TEST_CASE("the autocorrelation is that of numpy") {
  const std::vector<double> y{3.0, -0.5, 2.0, 7.0, 4.25, -1.5};
  const std::vector<double> expected{
      1, -0.021488133418858243, -0.6600384862091084, -0.021488133418858243, 0.25272610647851185, -0.04971135343168698};
  const std::vector<double> r = autocorrelation(y, 5);
  REQUIRE(r.size() == 6);
  for (std::size_t k = 0; k < 6; ++k) CHECK(std::abs(r[k] - expected[k]) <= 1e-15);
  CHECK(autocorrelation(y, 0) == std::vector<double>{1});

  std::vector<double> far;  // whole numbers stay exact so far from 0: the same deviations, then the same bits
  for (int i = 0; i < 64; ++i) far.push_back(i * i % 16);
  const std::vector<double> near = autocorrelation(far, 10);
  for (double& value : far) value += 1e15;
  CHECK(autocorrelation(far, 10) == near);
}

TEST_CASE("the autocorrelation of a cosine is a cosine, of float too") {
  std::vector<float> y;
  for (int t = 0; t < 400; ++t) y.push_back(static_cast<float>(std::cos(t * std::numbers::pi / 10)));
  const std::vector<double> r = autocorrelation(y, 40);
  // n - k of n products, each of which is cos(k pi / 10) / 2 on average: over whole half periods exactly, and the
  // roundings of float are below 1e-6.
  for (std::size_t k = 0; k <= 40; k += 10)
    CHECK(std::abs(r[k] - (1 - static_cast<double>(k) / 400) *
                              std::cos(static_cast<double>(k) * std::numbers::pi / 10)) < 1e-6);
}

TEST_CASE("series without an autocorrelation are refused") {
  CHECK_THROWS_WITH_AS(autocorrelation(std::vector<double>{1, 2}, 2),
                       "[autocorrelation] expected lags from 0 to less than the 2 steps of the series, got 2",
                       ConfigError);
  CHECK_THROWS_AS(autocorrelation(std::vector<double>{1, 2}, -1), ConfigError);
  CHECK_THROWS_AS(autocorrelation(std::vector<double>{}, 0), ConfigError);
  CHECK_THROWS_WITH_AS(autocorrelation(std::vector<float>(3, 0.5F), 1),
                       "[autocorrelation] expected a series that varies, got 3 steps with the value 0.5", DataError);
  CHECK_THROWS_WITH_AS(autocorrelation(std::vector<double>{1, std::nan("")}, 1),
                       "[autocorrelation] expected finite values, got series[1] = nan", DataError);
}

TEST_CASE("the period of a sine is found, with noise, a trend and far from 0") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    CHECK(find_period(sine({.length = 2000, .period = 50, .noise = 0.05, .seed = seed}), 200) == 50);
    CHECK(find_period(sine({.length = 150, .period = 50, .noise = 0.05, .seed = seed}), 60) == 50);
    CHECK(find_period(sine({.length = 300, .period = 7, .noise = 0.5, .seed = seed}), 100) == 7);
    std::vector<double> wave = sine({.length = 500, .period = 12, .noise = 0.1, .seed = seed});
    for (std::size_t t = 0; t < wave.size(); ++t) wave[t] += 1e6 + 0.2 * static_cast<double>(t);
    CHECK(find_period(wave, 40) == 12);
  }
  const std::vector<double> exact = sine({.length = 200, .period = 20, .noise = 0});
  CHECK(find_period(exact, 60) == 20);
  CHECK(find_period(std::vector<float>(exact.begin(), exact.end()), 60) == 20);
  CHECK(find_period(exact, 1000000) == 20);
}

TEST_CASE("the period of a sine in noise that is stronger is found, a little beside at most") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CAPTURE(seed);
    const Index period = find_period(sine({.length = 2000, .period = 50, .noise = 1, .seed = seed}), 200).value_or(0);
    CAPTURE(period);
    CHECK(std::abs(period - 50) <= 3);
  }
}

TEST_CASE("the period of a season on a random walk is found") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    std::vector<double> walk = random_walk(600, seed);
    for (std::size_t t = 0; t < walk.size(); ++t) walk[t] += t % 12 == 3 ? 5 : 0;
    CHECK(find_period(walk, 50) == 12);
  }
}

TEST_CASE("noise and random walks have no period") {
  for (const Index length : {50, 200, 1000})
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(length);
      CAPTURE(seed);
      CHECK(find_period(white_noise(length, seed), 100) == std::nullopt);
      CHECK(find_period(random_walk(length, seed), 100) == std::nullopt);
    }
}

TEST_CASE("constants, lines and short series have no period") {
  CHECK(find_period(std::vector<double>(100, 0.1), 10) == std::nullopt);
  std::vector<double> line;
  for (int t = 0; t < 100; ++t) line.push_back(1e6 + 0.1 * t);
  CHECK(find_period(line, 10) == std::nullopt);
  for (std::size_t length = 0; length < 4; ++length)
    CHECK(find_period(std::vector<double>(line.begin(), line.begin() + static_cast<Index>(length)), 2) == std::nullopt);
  // One season and a half, which no repetition proves.
  CHECK(find_period(sine({.length = 75, .period = 50, .noise = 0}), 50) != 50);
}

TEST_CASE("a period that cannot be looked for is refused") {
  CHECK_THROWS_WITH_AS(find_period(std::vector<double>{1, 2, 1, 2}, 1),
                       "[find_period] expected a longest period of at least 2 steps, got 1", ConfigError);
  CHECK_THROWS_WITH_AS(find_period(std::vector<double>{1, 2, HUGE_VAL}, 2),
                       "[find_period] expected finite values, got series[2] = inf", DataError);
}

std::vector<double> column_of(const std::filesystem::path& file, const char* name) {
  const Table table = read_csv(file, {.columns = {name}});
  const auto column = table.column(name);
  return {column.begin(), column.end()};
}

TEST_CASE("periods of real series") {
  if (const auto file = test::real_file("airline-passengers.csv")) {
    const std::vector<double> passengers = column_of(*file, "Passengers");
    REQUIRE(passengers.size() == 144);
    CHECK(find_period(passengers, 48) == 12);
  }
  if (const auto file = test::real_file("ETTh1.csv"))
    for (const char* const name : {"HUFL", "OT"}) {
      const std::vector<double> values = column_of(*file, name);
      REQUIRE(values.size() == 17420);
      for (const Index most : {30, 200}) CHECK(find_period(values, most) == 24);
    }
}

}  // namespace
