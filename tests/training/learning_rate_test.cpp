// Schedules against PyTorch's, and what becomes of them in a training.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/training/learning_rate.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/fake_run.hpp"
#include "support/hash_of_weights.hpp"
#include "support/random_values.hpp"
#include "support/stored_vectors.hpp"

using namespace tsattn;
using test::FakeRun;
using test::Json;

namespace learning_rate_test {
namespace {

/// The learning rates of 30 epochs of one batch each, which `schedule` scales.
template <class Schedule>
std::vector<double> rates(const Schedule& schedule, double learning_rate) {
  FakeRun run;
  run.epochs = 30;
  run.batches = run.batch = 1;
  run.rate = learning_rate;
  Callback callback(schedule);
  callback.on_train_begin(run);
  std::vector<double> rates;
  for (run.epoch = 1; run.epoch <= run.epochs; ++run.epoch) {
    run.rate = learning_rate;
    callback.on_batch_begin(run);
    rates.push_back(run.rate);
  }
  return rates;
}

void check_rates(const std::vector<double>& ours, const Json& theirs) {
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    CAPTURE(i);
    // PyTorch computes a rate from the one before: two roundings, each of half an epsilon, for each of 30 steps. Those
    // of CosineAnnealingLR stay as large as they were in the first steps: the last rate is 52 epsilons away, others 6.
    const double tolerance = std::numeric_limits<double>::epsilon() * (30 * ours[i] + ours[0]);
    CHECK(std::abs(ours[i] - theirs[i].get<double>()) <= tolerance);
  }
}

/// A model of three weights and two batches of data.
struct Setting {
  Sequential<double> model{/*features=*/2};
  SampleSet<double> data = samples();

  Setting() { model.add(Dense{1}); }
  static SampleSet<double> samples() {
    Random random(3);
    return {test::random_sequence<double>({1, 8, 2}, random), test::random_sequence<double>({1, 8, 1}, random)};
  }
};

struct RatesOfBatches {
  std::vector<double>* rates;
  void on_batch_end(TrainingRun& run) const { rates->push_back(run.learning_rate()); }
};

/// The learning rates of all steps of a training of three epochs, two batches each.
std::vector<double> rates_of_training(std::vector<Callback> callbacks, Trainer<double>& trainer,
                                      const SampleSet<double>& data) {
  std::vector<double> rates;
  callbacks.push_back(RatesOfBatches{&rates});
  const History history = trainer.fit(data, {.epochs = 3, .batch_size = 4, .callbacks = callbacks});
  REQUIRE(rates.size() == 6);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) CHECK(history.epochs[epoch].learning_rate == rates[2 * epoch + 1]);
  return rates;
}

TEST_CASE("learning rates: those of PyTorch's schedulers") {
  int compared = 0;
  for (const Json& test_case : test::stored_cases("learning_rate")) {
    const std::string name = test_case.at("name");
    INFO(name);
    const Json& options = test_case.at("options");
    const Json& theirs = test_case.at("learning_rates").at("values");
    const double rate = options.at("learning_rate");
    if (name == "step") {
      check_rates(rates(StepDecay{.factor = options.at("gamma"), .every_epochs = options.at("step_size")}, rate),
                  theirs);
    } else if (name == "exponential") {
      check_rates(rates(ExponentialDecay{.factor = options.at("gamma")}, rate), theirs);
    } else if (name.starts_with("cosine")) {
      const double final_rate = options.at("eta_min");
      REQUIRE(options.at("T_max") == 30);
      check_rates(rates(CosineDecay{.final_fraction = final_rate / rate}, rate), theirs);
    } else if (name == "linear") {
      check_rates(
          rates(WarmUp{.batches = options.at("total_iters"), .initial_fraction = options.at("start_factor")}, rate),
          theirs);
    } else {
      continue;  // reduce_on_plateau_test.cpp
    }
    ++compared;
  }
  CHECK(compared == 5);
}

TEST_CASE("StepDecay: full_epochs before the first step") {
  const StepDecay type3{.factor = 0.8, .every_epochs = 1, .full_epochs = 4};
  for (const Index epoch : {1, 2, 3, 4}) CHECK(type3.scale(epoch) == 1);
  CHECK(type3.scale(5) == 0.8);
  CHECK(type3.scale(7) == 0.8 * 0.8 * 0.8);
  const StepDecay late{.factor = 0.5, .every_epochs = 3, .full_epochs = 2};
  CHECK(late.scale(2) == 1);
  for (const Index epoch : {3, 4, 5}) CHECK(late.scale(epoch) == 0.5);
  CHECK(late.scale(6) == 0.25);
  CHECK(StepDecay{.factor = 0.5, .every_epochs = 1}.scale(1000) == 0x1p-999);
}

TEST_CASE("CosineDecay: begins at 1, is half way in the middle, and stays at the end") {
  const CosineDecay cosine{.final_fraction = 0.25};
  CHECK(cosine.scale(0, 100) == 1);
  CHECK(cosine.scale(50, 100) == doctest::Approx(0.625).epsilon(1e-15));
  CHECK(cosine.scale(100, 100) == 0.25);
  CHECK(cosine.scale(101, 100) == 0.25);
  // pi^2 / 4 / 10^18, where 1 + cos(pi t / T) is nothing but rounding
  CHECK(CosineDecay{}.scale(999'999'999, 1'000'000'000) == doctest::Approx(2.4674011002723397e-18).epsilon(1e-14));
}

TEST_CASE("a training: schedules are there before the first batch, and several multiply") {
  Setting setting;
  Trainer<double> trainer(setting.model, Sgd{.learning_rate = 0.5});
  const auto train = [&](std::vector<Callback> callbacks) {
    return rates_of_training(std::move(callbacks), trainer, setting.data);
  };
  CHECK(train({StepDecay{.factor = 0.5, .every_epochs = 1}}) == std::vector{0.5, 0.5, 0.25, 0.25, 0.125, 0.125});
  CHECK(train({WarmUp{.batches = 4, .initial_fraction = 0.5}}) == std::vector{0.25, 0.3125, 0.375, 0.4375, 0.5, 0.5});
  CHECK(train({WarmUp{.batches = 2, .initial_fraction = 0.5}, StepDecay{.factor = 0.5, .every_epochs = 1}}) ==
        std::vector{0.25, 0.375, 0.25, 0.25, 0.125, 0.125});
  // The cosine over two of three epochs: 1, 0.85, 0.5, 0.15 of what final_fraction leaves.
  const std::vector<double> cosine = train({CosineDecay{.final_fraction = 0.5, .epochs = 2}});
  const double root = std::sqrt(0.5);
  const std::vector<double> expected{0.5, 0.375 + 0.125 * root, 0.375, 0.375 - 0.125 * root, 0.25, 0.25};
  for (std::size_t i = 0; i < 6; ++i) CHECK(cosine[i] == doctest::Approx(expected[i]).epsilon(1e-15));
  CHECK(train({}) == std::vector(6, 0.5));  // nothing of all that is left
}

TEST_CASE("a training: the step has the learning rate that was set") {
  Setting scheduled, constant;
  Trainer<double>(scheduled.model, Sgd{.learning_rate = 0.5})
      .fit(scheduled.data, {.callbacks = {ExponentialDecay{.factor = 0.5}, WarmUp{.initial_fraction = 0.5}}});
  Trainer<double>(constant.model, Sgd{.learning_rate = 0.25}).fit(constant.data, {});
  CHECK(test::hash_of_weights(scheduled.model) == test::hash_of_weights(constant.model));
}

TEST_CASE("a training: a learning rate of the user's, for one step, and the errors of setting one") {
  Setting setting;
  Trainer<double> trainer(setting.model, Sgd{.learning_rate = 0.5});
  struct SecondBatch {
    void on_batch_begin(TrainingRun& run) const {
      CHECK(run.learning_rate() == 0.5);
      if (run.batch == 2) run.set_learning_rate(0.75);
    }
  };
  CHECK(rates_of_training({SecondBatch{}}, trainer, setting.data) == std::vector{0.5, 0.75, 0.5, 0.75, 0.5, 0.75});

  const std::uint64_t before = test::hash_of_weights(setting.model);
  struct Zero {
    void on_batch_begin(TrainingRun& run) const { run.set_learning_rate(0); }
  };
  CHECK_THROWS_WITH_AS(trainer.fit(setting.data, {.callbacks = {Zero{}}}),
                       "[Sgd] expected a learning_rate above 0 and finite, got 0", ConfigError);
  struct Early {
    void on_train_begin(TrainingRun& run) const { run.set_learning_rate(1); }
  };
  const std::string place =
      "[TrainingRun::set_learning_rate] expected a call in on_batch_begin, got one in another function of a callback, "
      "where the learning rate would hold for no step";
  CHECK_THROWS_WITH_AS(trainer.fit(setting.data, {.callbacks = {Early{}}}), place.c_str(), ConfigError);
  CHECK(test::hash_of_weights(setting.model) == before);
  CHECK_THROWS_WITH_AS(trainer.fit(setting.data, {.callbacks = {[](TrainingRun& run) { run.set_learning_rate(1); }}}),
                       place.c_str(), ConfigError);
  CHECK(rates_of_training({}, trainer, setting.data) == std::vector(6, 0.5));  // after exceptions too
}

TEST_CASE("learning rates: errors, before the first step") {
  const auto check = [](const Callback& schedule, const char* text, Index epochs = 10) {
    FakeRun run;
    run.epochs = epochs;
    run.batches = 5;
    CHECK_THROWS_WITH_AS(schedule.on_train_begin(run), text, ConfigError);
  };
  const double nan = std::nan("");
  check(StepDecay{.factor = 0}, "[StepDecay] expected a factor in (0, 1], got 0");
  check(StepDecay{.factor = nan}, "[StepDecay] expected a factor in (0, 1], got nan");
  check(StepDecay{.every_epochs = 0}, "[StepDecay] expected every_epochs of at least 1, got 0");
  check(StepDecay{.full_epochs = -1}, "[StepDecay] expected full_epochs of at least 0, got -1");
  check(StepDecay{.every_epochs = 1},
        "[StepDecay] expected a learning rate above 0 up to the last of 400 epochs, got 0; let it decay less or train "
        "for fewer epochs",
        400);
  check(ExponentialDecay{.factor = 1.5}, "[ExponentialDecay] expected a factor in (0, 1], got 1.5");
  check(ExponentialDecay{.factor = 0.5},
        "[ExponentialDecay] expected a learning rate above 0 up to the last of 1100 epochs, got 0; let it decay less "
        "or train for fewer epochs",
        1100);
  check(CosineDecay{.final_fraction = -0.5}, "[CosineDecay] expected a final_fraction in [0, 1], got -0.5");
  check(CosineDecay{.final_fraction = nan}, "[CosineDecay] expected a final_fraction in [0, 1], got nan");
  check(CosineDecay{.epochs = -1}, "[CosineDecay] expected epochs of at least 0, got -1");
  check(CosineDecay{.epochs = 9},
        "[CosineDecay] expected a learning rate above 0 up to the last of 10 epochs, got 0; let it decay less or train "
        "for fewer epochs");
  check(WarmUp{.batches = 0}, "[WarmUp] expected batches of at least 1, got 0");
  check(WarmUp{.initial_fraction = 0}, "[WarmUp] expected an initial_fraction in (0, 1], got 0");
  check(WarmUp{.initial_fraction = 2}, "[WarmUp] expected an initial_fraction in (0, 1], got 2");

  FakeRun run;
  run.epochs = 10;
  run.batches = 5;
  CosineDecay{}.on_train_begin(run);
  CosineDecay{.final_fraction = 0.01, .epochs = 9}.on_train_begin(run);
  StepDecay{.factor = 1}.on_train_begin(run);
}

}  // namespace
}  // namespace learning_rate_test
