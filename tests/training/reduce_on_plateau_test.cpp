#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/training/reduce_on_plateau.hpp>

#include "support/fake_run.hpp"
#include "support/stored_vectors.hpp"

using namespace tsattn;
using test::FakeRun;
using test::Json;

namespace {

/// The learning rates of the epochs in which these losses come out.
std::vector<double> rates(ReduceOnPlateau plateau, const std::vector<double>& losses, double learning_rate,
                          bool as_validation = true) {
  FakeRun run;
  run.rate = learning_rate;
  plateau.on_train_begin(run);
  std::vector<double> rates;
  for (const double loss : losses) {
    run.rate = learning_rate;
    plateau.on_batch_begin(run);
    rates.push_back(run.rate);
    run.history.epochs.push_back({.epoch = ++run.epoch,
                                  .loss = as_validation ? 100 - static_cast<double>(run.epoch) : loss,
                                  .validation_loss = as_validation ? std::optional(loss) : std::nullopt});
    plateau.on_epoch_end(run);
  }
  return rates;
}

}  // namespace

TEST_CASE("ReduceOnPlateau: the learning rates of PyTorch's ReduceLROnPlateau") {
  int compared = 0;
  for (const Json& test_case : test::stored_cases("learning_rate")) {
    const std::string name = test_case.at("name");
    INFO(name);
    if (!name.starts_with("plateau")) continue;
    ++compared;
    const Json& options = test_case.at("options");
    const auto losses = test_case.at("losses").at("values").get<std::vector<double>>();
    const auto theirs = test_case.at("learning_rates").at("values").get<std::vector<double>>();
    const ReduceOnPlateau plateau{.factor = options.at("factor"),
                                  .patience = options.at("patience").get<Index>() + 1,
                                  .min_delta = options.at("threshold"),
                                  .cooldown = options.at("cooldown"),
                                  .min_learning_rate = std::max(options.at("min_lr").get<double>(), 1e-12)};
    CHECK(theirs.back() <= theirs.front() / 4);               // otherwise this shows little
    CHECK(rates(plateau, losses, theirs.front()) == theirs);  // the factor 1/2 leaves no rounding
  }
  CHECK(compared == 4);
}

TEST_CASE("ReduceOnPlateau: without validation data it watches the training loss") {
  const ReduceOnPlateau plateau{.factor = 0.5, .patience = 2};
  CHECK(rates(plateau, {3, 3, 3, 3, 2, 2}, 1, false) == std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5});
}

TEST_CASE("ReduceOnPlateau: never raises a learning rate that is below its minimum, nor takes NaN for better") {
  const ReduceOnPlateau plateau{.factor = 0.5, .patience = 1, .min_learning_rate = 0.375};
  CHECK(rates(plateau, {3, 3, 3, 3}, 0.25) == std::vector(4, 0.25));
  CHECK(rates(plateau, {3, std::nan(""), 2, 2}, 1) == std::vector<double>{1, 1, 0.5, 0.5});
  CHECK(rates(plateau, std::vector(2000, 3.0), 1).back() == 0.375);
}

TEST_CASE("ReduceOnPlateau: starts anew with every training") {
  ReduceOnPlateau plateau{.factor = 0.5, .patience = 1, .cooldown = 3};
  FakeRun run;
  plateau.on_train_begin(run);
  for (const double loss : {1.0, 2.0, 2.0}) {
    run.history.epochs.push_back({.epoch = ++run.epoch, .loss = loss});
    plateau.on_epoch_end(run);
  }
  CHECK(plateau.scale == 0.5);
  CHECK(plateau.cooldown_left == 2);
  plateau.on_train_begin(run);
  CHECK(plateau.scale == 1);
  CHECK(plateau.cooldown_left == 0);
  CHECK(plateau.waited == 0);
  CHECK(plateau.best_loss == std::numeric_limits<double>::infinity());
}

TEST_CASE("ReduceOnPlateau: errors") {
  const auto check = [](ReduceOnPlateau plateau, const char* text) {
    FakeRun run;
    CHECK_THROWS_WITH_AS(plateau.on_train_begin(run), text, ConfigError);
  };
  check({.factor = 1}, "[ReduceOnPlateau] expected a factor in (0, 1), got 1");
  check({.factor = std::nan("")}, "[ReduceOnPlateau] expected a factor in (0, 1), got nan");
  check({.patience = 0}, "[ReduceOnPlateau] expected a patience of at least 1, got 0");
  check({.min_delta = -1}, "[ReduceOnPlateau] expected a min_delta of at least 0, got -1");
  check({.cooldown = -1}, "[ReduceOnPlateau] expected a cooldown of at least 0, got -1");
  check({.min_learning_rate = 0}, "[ReduceOnPlateau] expected a min_learning_rate above 0 and finite, got 0");
  check({.min_learning_rate = HUGE_VAL}, "[ReduceOnPlateau] expected a min_learning_rate above 0 and finite, got inf");
}
