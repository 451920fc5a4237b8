#include <cmath>
#include <string_view>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/training/trainer.hpp>

namespace {

using namespace tsattn;

/// L = sum y / B, whose gradient is the same everywhere, for double alone.
struct Sum {
  static constexpr std::string_view kName = "sum";

  double value(const Sequence<double>& y, const Sequence<double>&, Index batch) const {
    return y.flat().sum() / static_cast<double>(batch);
  }
  void gradient(const Sequence<double>& y, const Sequence<double>&, Index batch, Sequence<double>& dy) const {
    dy.resize(y.shape());
    dy.fill(1 / static_cast<double>(batch));
  }
};

TEST_CASE("a trainer takes a loss of one's own, and one that is chosen while the program runs") {
  Sequence<double> x({1, 4, 1}), z({1, 4, 1});
  x.fill(3);
  const SampleSet<double> data(x, z);
  Sequential<double> model(/*features=*/1);
  model.add(Dense{1});
  const double w = model.parameters()[0].data[0];
  Trainer<double>(model, Sgd{.learning_rate = 0.5}, Sum{}).fit(data, {.batch_size = 4});
  CHECK(model.parameters()[0].data[0] == w - 0.5 * 3);            // dw = x
  CHECK(model.parameters()[1].data[0] == doctest::Approx(-0.5));  // db = 1
  CHECK(evaluate(model, data, {}, Sum{}) == doctest::Approx(3 * (w - 1.5) - 0.5));
  CHECK(Trainer<double>(model, Sgd{}, loss_from_name("mae")).evaluate(data) ==
        doctest::Approx(std::abs(3 * (w - 1.5) - 0.5)));
}

TEST_CASE("a loss of one scalar type says so when it is asked for the other") {
  const AnyLoss loss = Sum{};
  const Sequence<float> y({1, 2, 1});
  Sequence<float> dy;
  const char* const text =
      "[sum] expected a loss with a value and a gradient for float, got one that has them for the other alone";
  CHECK_THROWS_WITH_AS(loss.value(y, y, 2), text, ConfigError);
  CHECK_THROWS_WITH_AS(loss.gradient(y, y, 2, dy), text, ConfigError);
}

}  // namespace
