#include <array>
#include <cmath>
#include <limits>
#include <locale>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/forecasting/metrics.hpp>

namespace {

using namespace tsattn;

void check_metrics(const RegressionMetrics& metrics, const RegressionMetrics& expected, double tolerance = 1e-14) {
  for (const auto member : {&RegressionMetrics::mse, &RegressionMetrics::mae, &RegressionMetrics::rmse,
                            &RegressionMetrics::r2, &RegressionMetrics::correlation}) {
    CAPTURE(metrics.*member);
    CAPTURE(expected.*member);
    CHECK(std::abs(metrics.*member - expected.*member) <= tolerance * std::abs(expected.*member));
  }
}

// The expected numbers: numpy 1.24.2 in float64, of e = y - p: mean(e**2), mean(abs(e)), sqrt(mean(e**2)),
// 1 - sum(e**2) / sum((y - mean(y))**2), corrcoef(y, p)[0, 1].
TEST_CASE("metrics are those of numpy") {
  const std::vector<double> y{3.0, -0.5, 2.0, 7.0, 4.25, -1.5};
  const std::vector<double> p{2.5, 0.0, 2.0, 8.0, 4.0, -1.0};
  check_metrics(regression_metrics(y, p), {0.30208333333333331, 0.45833333333333331, 0.54962108159470491,
                                           0.96279666452854396, 0.98477351667276614});
  std::vector<double> opposite;
  for (const double value : p) opposite.push_back(1 - 2 * value);
  check_metrics(regression_metrics(y, opposite),
                {117.84375, 8.5416666666666661, 10.855586119597596, -13.513149454778704, -0.98477351667276614});

  std::vector<double> sine, near_sine;
  for (int i = 0; i < 1000; ++i) {
    sine.push_back(std::sin(i * 0.1));
    near_sine.push_back(sine.back() + 0.05 * std::cos(i * 0.7));
  }
  check_metrics(
      regression_metrics(sine, near_sine),
      {0.001249692487184472, 0.03183087230954907, 0.035350989903883481, 0.99751079638957174, 0.99875748779613693},
      1e-12);
}

TEST_CASE("ranges of every kind and precision are taken") {
  const std::array<float, 6> y{3.0F, -0.5F, 2.0F, 7.0F, 4.25F, -1.5F};
  const std::vector<double> p{2.5, 0.0, 2.0, 8.0, 4.0, -1.0};
  const double mse = 0.30208333333333331;
  CHECK(regression_metrics(y, p).mse == doctest::Approx(mse).epsilon(1e-15));
  CHECK(regression_metrics(std::span(y), std::span<const double>(p)).mse == doctest::Approx(mse).epsilon(1e-15));
  CHECK(regression_metrics(p, p).mse == 0);
}

// Exact, by Python's fractions: an offset changes none of the metrics.
TEST_CASE("a series far from zero loses no digits") {
  std::vector<double> y, p;
  for (int i = 0; i < 1000; ++i) {
    y.push_back(1e9 + i % 7 * 0.25);
    p.push_back(1e9 + i % 5 * 0.25);
  }
  check_metrics(regression_metrics(y, p),
                {0.4361875, 0.53425, std::sqrt(0.4361875), -0.746937602612872, 0.0017688748366689693}, 1e-11);
}

TEST_CASE("a perfect forecast, and one that is a line of the other") {
  const std::vector<double> y{0.1, 0.7, -0.3, 0.2}, p{1.2, 2.4, 0.4, 1.4};  // p = 2 y + 1
  check_metrics(regression_metrics(y, y), {0, 0, 0, 1, 1});
  CHECK(regression_metrics(y, p).correlation == doctest::Approx(1).epsilon(1e-15));
  CHECK(regression_metrics(y, p).correlation <= 1);
}

TEST_CASE("a constant series has no R2 and no correlation") {
  const std::vector<double> changing{1, 2, 4};
  for (const double value : {0.0, 0.1, -1e9 / 3, 1e-200}) {  // 0.1: its mean, rounded, may differ from it
    CAPTURE(value);
    const std::vector<double> constant(3, value);
    const RegressionMetrics of_constant = regression_metrics(constant, changing);
    CHECK(std::isnan(of_constant.r2));
    CHECK(std::isnan(of_constant.correlation));
    CHECK(of_constant.mse > 0);
    const RegressionMetrics by_constant = regression_metrics(changing, constant);
    CHECK(by_constant.r2 < 1);
    CHECK(std::isnan(by_constant.correlation));
    CHECK(std::isnan(regression_metrics(constant, constant).r2));
    CHECK(regression_metrics(constant, constant).mse == 0);
  }
  CHECK(std::isnan(regression_metrics(std::vector<float>{1}, std::vector<float>{2}).r2));
}

// numpy 1.24.2: 100 mean(abs(e / y)), mean(200 abs(e) / (abs(y) + abs(p))).
TEST_CASE("errors in percent are those of numpy") {
  const std::vector<double> y{3.0, -0.5, 2.0, 7.0, 4.25, -1.5}, p{2.5, 0.0, 2.0, 8.0, 4.0, -1.0};
  const RegressionMetrics metrics = regression_metrics(y, p);
  CHECK(metrics.mape == doctest::Approx(28.361344537815125).epsilon(1e-15));
  CHECK(metrics.smape == doctest::Approx(46.26262626262627).epsilon(1e-15));
  CHECK(std::isnan(metrics.mase));
}

TEST_CASE("errors in percent of actual values of 0") {
  const std::vector<double> y{0, 0, 10}, p{0, -4, 5};
  CHECK(std::isnan(regression_metrics(y, p).mape));
  CHECK(regression_metrics(y, p).smape == doctest::Approx((0 + 200 + 200 * 5 / 15.0) / 3).epsilon(1e-15));
  CHECK(regression_metrics(p, p).smape == 0);
  CHECK(std::isnan(regression_metrics(p, p).mape));  // 0 / 0 too
}

// numpy: mean(abs(e)) / mean(abs(train[m:] - train[:-m])).
TEST_CASE("the scaled error is that of numpy, and 1 for the naive forecast of the training series") {
  const std::vector<double> y{3.0, -0.5, 2.0, 7.0, 4.25, -1.5}, p{2.5, 0.0, 2.0, 8.0, 4.0, -1.0};
  const std::vector<float> training{1, 3, 2, 5, 4, 4.5, 7, 6};
  CHECK(mean_absolute_scaled_error(y, p, training) == doctest::Approx(0.2916666666666667).epsilon(1e-15));
  CHECK(mean_absolute_scaled_error(y, p, training, 2) == doctest::Approx(0.27499999999999997).epsilon(1e-15));
  CHECK(regression_metrics(y, p, training, 3).mase == doctest::Approx(0.19927536231884058).epsilon(1e-15));
  CHECK(regression_metrics(y, p, training, 3).mape == regression_metrics(y, p).mape);
  CHECK(in_sample_error(training, 7) == 5);

  const std::span series(training);
  for (std::size_t period = 1; period < series.size(); ++period)  // the same sums: exactly 1
    CHECK(mean_absolute_scaled_error(series.subspan(period), series.first(series.size() - period), series,
                                     static_cast<Index>(period)) == 1);
  CHECK(std::isnan(mean_absolute_scaled_error(y, p, std::vector<double>{2, 2, 2})));
  CHECK(std::isnan(mean_absolute_scaled_error(y, p, std::vector<double>{1, 2, 1, 2}, 2)));
}

TEST_CASE("training series that give no scale are refused") {
  const std::vector<double> two{1, 2}, infinite{1, HUGE_VAL, 3};
  CHECK_THROWS_WITH_AS(mean_absolute_scaled_error(two, two, two, 0),
                       "[in_sample_error] expected a period of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(mean_absolute_scaled_error(two, two, two, 2),
                       "[in_sample_error] expected a training series of more than a period of 2 steps, got 2",
                       DataError);
  CHECK_THROWS_WITH_AS(regression_metrics(two, two, infinite),
                       "[in_sample_error] expected finite values, got training[1] = inf", DataError);
}

TEST_CASE("what cannot be compared is refused") {
  const std::vector<double> two{1, 2}, three{1, 2, 3}, none;
  CHECK_THROWS_WITH_AS(regression_metrics(two, three),
                       "[regression_metrics] expected as many predicted values as actual ones, got 3 and 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(regression_metrics(none, none), "[regression_metrics] expected at least one value, got none",
                       DataError);
  const std::vector<float> infinite{1, 2, std::numeric_limits<float>::infinity()};
  CHECK_THROWS_WITH_AS(regression_metrics(three, infinite),
                       "[regression_metrics] expected finite values, got predicted[2] = inf", DataError);
  CHECK_THROWS_WITH_AS(regression_metrics(infinite, three),
                       "[regression_metrics] expected finite values, got actual[2] = inf", DataError);
  const std::vector<double> with_nan{1, std::nan(""), 3};
  CHECK_THROWS_WITH_AS(regression_metrics(three, with_nan), doctest::Contains("predicted[1] = nan"), DataError);
}

const RegressionMetrics kModel{0.00266, 0.04113, 0.05158, 0.9947, 0.9974};
const RegressionMetrics kNaive{0.01049, 0.08365, 0.10242, 0.9789, 0.9894};

std::string text_of(const RegressionMetrics& metrics) {
  std::ostringstream text;
  text << metrics;
  return text.str();
}

TEST_CASE("metrics as a line") {
  CHECK(text_of(kModel) ==
        "MSE    0.002660  MAE     0.04113  RMSE     0.05158  R2      0.9947  Correlation      0.9974");
  const double nan = -std::numeric_limits<double>::quiet_NaN();
  const std::string odd = text_of({1.5e12, 0, 1234.5678, nan, -1});
  CHECK(odd == "MSE   1.500e+12  MAE      0.0000  RMSE        1235  R2         nan  Correlation     -1.0000");
}

TEST_CASE("metrics of several forecasts as a table") {
  CHECK(metrics_table({{"attention-LSTM", kModel}, {"last value", kNaive}}) ==
        "                     MSE      MAE     RMSE       R2  Correlation\n"
        "attention-LSTM  0.002660  0.04113  0.05158   0.9947       0.9974\n"
        "last value      0.010490  0.08365  0.10242   0.9789       0.9894\n");
}

TEST_CASE("other columns of a table can be chosen") {
  const std::vector<double> y{10, 20, 40}, p{11, 19, 44}, naive{5, 10, 20}, with_zero{0, 10, 20};
  const std::vector<NamedMetrics> rows{{"model", regression_metrics(y, p, naive)},
                                       {"naive", regression_metrics(y, naive, naive)}};
  CHECK(metrics_table(rows, {Metric::mase, Metric::mape, Metric::smape, Metric::mae}) ==
        "          MASE   MAPE %  sMAPE %      MAE\n"
        "model   0.2667    8.333    8.059    2.000\n"
        "naive   1.5556   50.000   66.667   11.667\n");
  CHECK(metrics_table({{"x", regression_metrics(with_zero, y)}}, {Metric::mape, Metric::mase}) ==
        "    MAPE %     MASE\n"
        "x      nan      nan\n");
  CHECK(metrics_table(rows, std::vector<Metric>{}) == "     \nmodel\nnaive\n");
  CHECK(metrics_table({{"x", kModel}}, {from_name<Metric>("rmse"), from_name<Metric>("correlation")}) ==
        "      RMSE  Correlation\nx  0.05158       0.9974\n");
  CHECK_THROWS_WITH_AS(metrics_table(rows, {static_cast<Metric>(99)}),
                       "[metrics_table] expected a metric, got the value 99", ConfigError);
}

TEST_CASE("a table of numbers of very different size, and of names in UTF-8, stays aligned") {
  const std::string table = metrics_table({{"Größe", {1e-9, 1, 3e-5, -123456, 0}}, {"b", {4e5, 2e7, 600, 0.5, 0}}});
  CHECK(table ==
        "             MSE        MAE       RMSE            R2  Correlation\n"
        "Größe  1.000e-09  1.000e+00  3.000e-05  -123456.0000       0.0000\n"
        "b      4.000e+05  2.000e+07  6.000e+02        0.5000       0.0000\n");
}

TEST_CASE("the global locale does not change a table") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new Comma));
  const std::string line = text_of(kModel), table = metrics_table({{"a", kModel}});
  std::locale::global(old);
  CHECK(line.find(',') == std::string::npos);
  CHECK(table.find(',') == std::string::npos);
}

}  // namespace
