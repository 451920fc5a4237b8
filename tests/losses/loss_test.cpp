// What every loss owes by its contract (losses/loss.hpp), and PyTorch's numbers.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>
#include <tsattn/testing/loss_gradient_check.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"
#include "support/stored_vectors.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

static_assert(LossFunction<MeanSquaredError, float> && LossFunction<SoftmaxCrossEntropy, double>);
static_assert(!LossFunction<int, float>);

/// Calls visit(loss, whether targets are probabilities) for every loss with every option.
template <class Visit>
void for_each_loss(const Visit& visit) {
  visit(MeanSquaredError{}, false);
  visit(MeanAbsoluteError{}, false);
  visit(Huber{}, false);
  visit(Huber{.delta = 0.4}, false);
  visit(BinaryCrossEntropy{}, true);
  visit(BinaryCrossEntropy{.positive_weight = 2.5}, true);
  visit(SoftmaxCrossEntropy{}, true);
  visit(SoftmaxCrossEntropy{.class_weights = {1, 0.25, 3}}, true);
}

/// Random targets: probabilities, or at a distance of at least 0.05 from y, where |y - z| has its kink.
template <class S>
Sequence<S> random_target(const Sequence<S>& y, bool is_probability, Random& random) {
  auto z = random_sequence<S>(y.shape(), random);
  if (is_probability) {
    std::transform(z.data(), z.data() + z.size(), z.data(), [](S v) { return std::min(std::abs(v), S{1}); });
  } else {
    z.flat() += y.flat();
  }
  return z;
}

TEST_CASE("the gradient of a loss is that of its value, for a batch and for its parts") {
  for_each_loss([]<class Loss>(const Loss& loss, bool is_probability) {
    INFO(Loss::kName);
    // The quotients reach 2e-3 to either side; the seed is one for which none meets delta, where Huber's slope has a
    // kink.
    Random random(1);
    const auto x = random_sequence<double>({4, 2, 3}, random);
    const auto z = random_target(x, is_probability, random);
    const GradientReport report = gradient_check(loss, x, z);
    INFO(report);
    CHECK(report.passed());
    CHECK(report.entries == 3 * 24);
  });
}

TEST_CASE_TEMPLATE("the values of the shards of a batch add up to its loss, and their gradients are its columns", S,
                   float, double) {
  for_each_loss([]<class Loss>(const Loss& loss, bool is_probability) {
    INFO(Loss::kName);
    Random random(2);
    const auto x = random_sequence<S>({2, 5, 3}, random), z = random_target(x, is_probability, random);
    const double whole = loss.value(x, z, 5);
    Sequence<S> dx, d_shard;
    loss.gradient(x, z, 5, dx);
    double sum = 0;
    for (Index b = 0; b < 5; ++b) {
      sum += loss.value(sample_of(x, b), sample_of(z, b), 5);
      loss.gradient(sample_of(x, b), sample_of(z, b), 5, d_shard);
      CHECK(same_bits(d_shard, sample_of(dx, b)));
    }
    // 30 terms, summed in double.
    CHECK(sum == doctest::Approx(whole).epsilon(30 * std::numeric_limits<double>::epsilon()));
  });
}

TEST_CASE("an empty shard of a batch adds nothing") {
  for_each_loss([]<class Loss>(const Loss& loss, bool) {
    const Sequence<double> none({4, 0, 3});
    Sequence<double> dx({1, 1, 1});
    CHECK(loss.value(none, none, 2) == 0);
    loss.gradient(none, none, 2, dx);
    CHECK(dx.shape() == none.shape());
  });
}

/// The loss of a stored case with its options.
AnyLoss loss_of(const Json& test_case) {
  const Json& options = test_case.at("options");
  const auto name = test_case.at("loss").get<std::string>();
  if (name == "huber") return Huber{options.at("delta")};
  if (name == "binary_cross_entropy") return BinaryCrossEntropy{options.at("positive_weight")};
  if (name == "softmax_cross_entropy")
    return SoftmaxCrossEntropy{options.at("class_weights").get<std::vector<double>>()};
  return loss_from_name(name);
}

TEST_CASE_TEMPLATE("losses and their gradients are PyTorch's", S, float, double) {
  std::vector<std::string> names;
  for (const Json& test_case : stored_cases("loss")) {
    INFO(test_case.at("name").get<std::string>());
    const AnyLoss loss = loss_of(test_case);
    names.emplace_back(loss.name());
    const auto y = StoredTensor(test_case.at("y")).to_sequence<S>();
    const auto target = StoredTensor(test_case.at("target")).to_sequence<S>();
    // Float holds the stored numbers exactly, and the value is taken in double: a sum of 60 terms that are all of one
    // sign, each after some ten roundings.
    CHECK(loss.value(y, target, y.batch()) ==
          doctest::Approx(test_case.at("value").get<double>()).epsilon(70 * std::numeric_limits<double>::epsilon()));
    Sequence<S> dy;
    loss.gradient(y, target, y.batch(), dy);
    const StoredTensor ours(dy), theirs(test_case.at("gradient"));
    REQUIRE(ours.shape == theirs.shape);
    // Some ten roundings each, of numbers up to the largest gradient, in either program.
    const double tolerance = 20 * static_cast<double>(std::numeric_limits<S>::epsilon()) * largest_magnitude(theirs);
    for (std::size_t i = 0; i < ours.values.size(); ++i)
      CHECK(std::abs(ours.values[i] - theirs.values[i]) <= tolerance);
  }
  CHECK(names == std::vector<std::string>{"mse", "mae", "huber", "huber", "binary_cross_entropy",
                                          "binary_cross_entropy", "softmax_cross_entropy", "softmax_cross_entropy"});
}

TEST_CASE_TEMPLATE("AnyLoss is the loss that it was made from, and so is its copy", S, float, double) {
  for_each_loss([]<class Loss>(const Loss& loss, bool is_probability) {
    Random random(3);
    const auto x = random_sequence<S>({2, 5, 3}, random), z = random_target(x, is_probability, random);
    const AnyLoss any = loss;
    AnyLoss copy = loss_from_name("mse");
    copy = any;
    CHECK(copy.name() == Loss::kName);
    CHECK(copy.value(x, z, 7) == loss.value(x, z, 7));
    Sequence<S> expected, found;
    loss.gradient(x, z, 7, expected);
    copy.gradient(x, z, 7, found);
    CHECK(same_bits(found, expected));
  });
}

TEST_CASE("losses go by their names") {
  for (const char* name : {"mse", "mae", "huber", "binary_cross_entropy", "softmax_cross_entropy"})
    CHECK(loss_from_name(name).name() == name);
  CHECK_THROWS_WITH_AS(
      loss_from_name("rmse"),
      "[loss] expected one of mse, mae, huber, binary_cross_entropy, softmax_cross_entropy, got \"rmse\"", ConfigError);
}

}  // namespace
