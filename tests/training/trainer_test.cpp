#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/training/early_stopping.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/difference.hpp"
#include "support/hash_of_weights.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace {

template <class S>
Sequential<S> attention_lstm(std::uint64_t seed = 1) {
  Sequential<S> model(/*features=*/1, seed);
  model.add(Lstm{8}).add(AttentionPooling{}).add(Dense{1});
  return model;
}

/// N samples of y = 2 x_1 - x_2 + 0.5.
SampleSet<double> linear_data(Index samples) {
  Random random(3);
  const auto x = random_sequence<double>({1, samples, 2}, random);
  Sequence<double> y({1, samples, 1});
  for (Index n = 0; n < samples; ++n) y(0, n, 0) = 2 * x(0, n, 0) - x(0, n, 1) + 0.5;
  return {x, y};
}

Sequential<double> linear_model() {
  Sequential<double> model(/*features=*/2);
  model.add(Dense{1});
  return model;
}

/// Remembers the order in which samples were asked for. Shards come from several threads, so it is for one.
class RecordingDataset final : public Dataset<double> {
 public:
  explicit RecordingDataset(const Dataset<double>& data) : data_(data) {}
  Index size() const override { return data_.size(); }
  SampleShape input_shape() const override { return data_.input_shape(); }
  SampleShape target_shape() const override { return data_.target_shape(); }
  void gather(std::span<const Index> samples, Sequence<double>& x, Sequence<double>& target) const override {
    asked.insert(asked.end(), samples.begin(), samples.end());
    data_.gather(samples, x, target);
    if (const auto at = std::find(samples.begin(), samples.end(), poisoned);
        at != samples.end() && ++gathered_poison > harmless)
      x(0, at - samples.begin(), 0) = std::nan("");
  }
  mutable std::vector<Index> asked;
  Index poisoned = -1;  // this sample's input becomes NaN
  int harmless = 0;     // but not the first few times
  mutable int gathered_poison = 0;

 private:
  const Dataset<double>& data_;
};

}  // namespace

TEST_CASE_TEMPLATE("Trainer: the same weights, bit for bit, for any number of threads", S, float, double) {
  const auto wave = sine_wave<S>({.length = 110, .period = 12, .noise = 0.05, .seed = 2});
  const Windows<S> data(wave, {.lookback = 10});  // 100 samples: the last batch has 4
  const auto train = [&](int threads) {
    Sequential<S> model(/*features=*/1, 5);
    model.add(Gru{6}).add(LuongAttention{5}).add(Dense{1});
    Trainer<S> trainer(model);
    const History history = trainer.fit(data, data, {.epochs = 3, .seed = 7, .clip_norm = 0.5, .threads = threads});
    return std::pair{hash_of_weights(model), history.epochs.back()};
  };
  const auto [hash, record] = train(1);
  for (const int threads : {2, 3, 4, 7}) {
    CAPTURE(threads);
    const auto [other_hash, other_record] = train(threads);
    CHECK(other_hash == hash);
    CHECK(other_record.loss == record.loss);
    CHECK(*other_record.validation_loss == *record.validation_loss);
  }
  CHECK(hash != [] {
    Sequential<S> untrained(/*features=*/1, 5);
    untrained.add(Gru{6}).add(LuongAttention{5}).add(Dense{1});
    return hash_of_weights(untrained);
  }());
}

TEST_CASE("Trainer: it learns a linear function to rounding") {
  auto model = linear_model();
  const auto data = linear_data(64);
  Trainer<double> trainer(model, Adam{.learning_rate = 0.05});
  const History history = trainer.fit(data, {.epochs = 400, .batch_size = 16});
  CHECK(history.epochs.size() == 400);
  CHECK(history.epochs.back().loss < 1e-8);
  CHECK(model.parameters()[0].data[0] == doctest::Approx(2).epsilon(1e-3));
  CHECK(model.parameters()[0].data[1] == doctest::Approx(-1).epsilon(1e-3));
  CHECK(model.parameters()[1].data[0] == doctest::Approx(0.5).epsilon(1e-3));
  CHECK_FALSE(history.best_epoch);
  CHECK(history.stop_reason.empty());
}

TEST_CASE("Trainer: every sample is used once an epoch, also those of a smaller last batch") {
  auto model = linear_model();
  const auto samples = linear_data(45);
  const RecordingDataset data(samples);
  std::vector<std::pair<Index, Index>> batches;
  struct CountBatches {
    std::vector<std::pair<Index, Index>>* seen;
    void on_batch_end(TrainingRun& run) const { seen->emplace_back(run.epoch, run.batch); }
  };
  Trainer<double> trainer(model);
  trainer.fit(data, {.epochs = 2, .batch_size = 20, .threads = 1, .callbacks = {CountBatches{&batches}}});
  CHECK(batches == std::vector<std::pair<Index, Index>>{{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {2, 3}});
  REQUIRE(data.asked.size() == 90);
  for (const Index epoch : {0, 1}) {
    std::vector<Index> order(data.asked.begin() + 45 * epoch, data.asked.begin() + 45 * (epoch + 1));
    CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (Index n = 0; n < 45; ++n) CHECK(order[static_cast<std::size_t>(n)] == n);
  }
  CHECK_FALSE(std::equal(data.asked.begin(), data.asked.begin() + 45, data.asked.begin() + 45));
}

TEST_CASE("Trainer: the order of the samples comes from the seed, or is theirs") {
  const auto samples = linear_data(30);
  const auto order = [&](const FitOptions& options) {
    auto model = linear_model();
    const RecordingDataset data(samples);
    Trainer<double>(model).fit(data, options);
    return data.asked;
  };
  CHECK(order({.epochs = 2, .seed = 1, .threads = 1}) == order({.epochs = 2, .seed = 1, .threads = 1}));
  CHECK(order({.epochs = 2, .seed = 1, .threads = 1}) != order({.epochs = 2, .seed = 2, .threads = 1}));
  const auto as_they_come = order({.epochs = 1, .shuffle = Shuffle::never, .threads = 1});
  CHECK(std::is_sorted(as_they_come.begin(), as_they_come.end()));
}

TEST_CASE("Trainer: the loss of an epoch is the mean over its samples, however they fall into batches") {
  const auto data = linear_data(45);
  auto model = linear_model();
  // A learning rate too small to move the weights by one bit.
  Trainer<double> trainer(model, Adam{.learning_rate = 1e-30});
  const History history = trainer.fit(data, data, {.epochs = 1, .batch_size = 20});
  const double expected = evaluate(model, data);
  // Sums of 45 squares in another order.
  CHECK(history.epochs[0].loss == doctest::Approx(expected).epsilon(100 * std::numeric_limits<double>::epsilon()));
  CHECK(*history.epochs[0].validation_loss ==
        doctest::Approx(expected).epsilon(100 * std::numeric_limits<double>::epsilon()));
}

TEST_CASE("Trainer: the optimizer goes on where the last fit ended") {
  const auto data = linear_data(40);
  auto once = linear_model(), twice = linear_model();
  Trainer<double>(once).fit(data, {.epochs = 2, .shuffle = Shuffle::never});
  Trainer<double> trainer(twice);
  trainer.fit(data, {.epochs = 1, .shuffle = Shuffle::never});
  trainer.fit(data, {.epochs = 1, .shuffle = Shuffle::never});
  CHECK(hash_of_weights(once) == hash_of_weights(twice));
}

TEST_CASE("Trainer: EarlyStopping leaves the weights of the best epoch, also when a later epoch fails") {
  const auto wave = sine_wave<double>({.length = 60, .period = 12, .noise = 0.3, .seed = 2});
  const Windows<double> windows(wave, {.lookback = 10}, {0, 40}), validation(wave, {.lookback = 10}, {40, 60});
  const FitOptions options{.epochs = 30, .threads = 1, .callbacks = {EarlyStopping{.patience = 3}}};

  auto model = attention_lstm<double>();
  Trainer<double> trainer(model, Adam{.learning_rate = 0.05});
  const History history = trainer.fit(windows, validation, options);
  REQUIRE(history.best_epoch);
  REQUIRE(*history.best_epoch < static_cast<Index>(history.epochs.size()));  // otherwise this test shows nothing
  CHECK_FALSE(history.stop_reason.empty());
  const double best = *history.epochs[static_cast<std::size_t>(*history.best_epoch - 1)].validation_loss;
  for (const EpochRecord& record : history.epochs) CHECK(best <= *record.validation_loss);
  CHECK(trainer.evaluate(validation) == best);

  auto failing = attention_lstm<double>();
  RecordingDataset poisoned(windows);
  poisoned.poisoned = 17;
  poisoned.harmless = static_cast<int>(history.epochs.size()) - 1;  // the last epoch, after the best one, meets a NaN
  Trainer<double> failing_trainer(failing, Adam{.learning_rate = 0.05});
  CHECK_THROWS_AS(failing_trainer.fit(poisoned, validation, options), NumericError);
  CHECK(hash_of_weights(failing) == hash_of_weights(model));
}

TEST_CASE("Trainer: a loss that is not finite names epoch, batch and where it begins") {
  const auto samples = linear_data(40);
  SUBCASE("in the input") {
    auto model = linear_model();
    RecordingDataset data(samples);
    data.poisoned = 25;
    data.harmless = 1;
    CHECK_THROWS_WITH_AS(
        Trainer<double>(model).fit(data, {.epochs = 3, .batch_size = 20, .shuffle = Shuffle::never, .threads = 1}),
        "[Trainer::fit] expected a finite loss, got nan in epoch 2, batch 2 of 2: the first values that are not "
        "finite are in the input x; try a smaller learning rate or clip_norm",
        NumericError);
  }
  SUBCASE("in a layer") {
    Sequential<double> model(/*features=*/2);
    model.add(Dense{3}).add(Activation{ActivationFunction::tanh}).add(Dense{.units = 1, .name = "head"});
    model.parameters()[2].data[1] = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH_AS(
        Trainer<double>(model).fit(samples, {.threads = 1}),
        "[Trainer::fit] expected a finite loss, got inf in epoch 1, batch 1 of 2: the first values that are not "
        "finite are the output of the layer head; try a smaller learning rate or clip_norm",
        NumericError);
  }
  SUBCASE("in a gradient") {
    Sequential<float> model(/*features=*/1);
    model.add(Dense{1});
    Sequence<float> x({1, 1, 1});
    x(0, 0, 0) = 1e25F;  // the loss, summed in double, is finite; dW = 2 y x is beyond a float
    CHECK_THROWS_WITH_AS(
        Trainer<float>(model).fit(SampleSet<float>(x, Sequence<float>({1, 1, 1})), {}),
        "[Trainer::fit] expected finite gradients in epoch 1, batch 1 of 1, got the gradient of dense.w not "
        "finite; try a smaller learning rate or clip_norm",
        NumericError);
  }
}

TEST_CASE("Trainer: callbacks of every kind, in their order, and a stop in the middle of an epoch") {
  struct Hooks {
    std::string* log;
    void on_train_begin(TrainingRun&) const { *log += "begin "; }
    void on_batch_begin(TrainingRun& run) const { *log += std::to_string(run.step()) + ':'; }
    void on_batch_end(TrainingRun& run) const {
      *log += "batch" + std::to_string(run.batch) + ' ';
      if (run.epoch == 2 && run.batch == 1) run.stop("seen enough");
    }
    void on_epoch_end(TrainingRun&) const { *log += "epoch "; }
    void on_train_end(TrainingRun&) const { *log += "end "; }
  };
  struct Counter {
    int epochs = 0;
    void on_epoch_end(TrainingRun&) { ++epochs; }
  };
  auto model = linear_model();
  const auto data = linear_data(40);
  std::string log;
  Counter counter;
  const auto function = [&](TrainingRun& run) { log += "function" + std::to_string(run.history.epochs.size()) + ' '; };
  const History history = Trainer<double>(model).fit(
      data, {.epochs = 5, .batch_size = 20, .callbacks = {Hooks{&log}, function, std::ref(counter)}});
  CHECK(log == "begin 1:batch1 2:batch2 epoch function1 3:batch1 epoch function2 end ");
  CHECK(counter.epochs == 2);
  CHECK(history.stop_reason == "seen enough");
  CHECK(history.epochs.size() == 2);
}

TEST_CASE("Trainer: the history has the learning rate and the mean of the gradient norms of each epoch") {
  auto model = linear_model();
  std::vector<double> norms;
  struct Norms {
    std::vector<double>* norms;
    void on_batch_end(TrainingRun& run) const { norms->push_back(run.gradient_norm); }
  };
  const History history =
      Trainer<double>(model, Adam{.learning_rate = 0.5})
          .fit(linear_data(50), {.epochs = 2, .batch_size = 20, .clip_norm = 0.1, .callbacks = {Norms{&norms}}});
  REQUIRE(norms.size() == 6);
  for (std::size_t epoch = 0; epoch < 2; ++epoch) {
    CHECK(history.epochs[epoch].learning_rate == 0.5);
    CHECK(history.epochs[epoch].gradient_norm == (norms[3 * epoch] + norms[3 * epoch + 1] + norms[3 * epoch + 2]) / 3);
    CHECK(history.epochs[epoch].gradient_norm > 0.1);  // before clipping
  }
}

TEST_CASE("Trainer: on_train_end is called when an exception ends the training, which then goes on to the caller") {
  struct Thrower {
    bool* ended;
    void on_epoch_end(TrainingRun&) const { throw std::runtime_error("from a callback"); }
    void on_train_end(TrainingRun&) const { *ended = true; }
  };
  auto model = linear_model();
  bool ended = false;
  CHECK_THROWS_WITH_AS(Trainer<double>(model).fit(linear_data(10), {.callbacks = {Thrower{&ended}}}), "from a callback",
                       std::runtime_error);
  CHECK(ended);
}

TEST_CASE("Trainer: errors before the first step, which leave the weights alone") {
  auto model = linear_model();
  const auto data = linear_data(10);
  const std::uint64_t before = hash_of_weights(model);
  Trainer<double> trainer(model);
  CHECK_THROWS_WITH_AS(trainer.fit(data, {.epochs = 0}), "[Trainer::fit] expected epochs of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(trainer.fit(data, {.batch_size = -2}),
                       "[Trainer::fit] expected a batch_size of at least 1, got -2", ConfigError);
  CHECK_THROWS_WITH_AS(trainer.fit(data, {.clip_norm = -1}),
                       "[Trainer::fit] expected a clip_norm of at least 0, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(trainer.fit(data, {.threads = -1}), "[Trainer::fit] expected threads of at least 0, got -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(trainer.fit(SampleSet<double>(Sequence<double>({1, 0, 2}), Sequence<double>({1, 0, 1})), {}),
                       "[Trainer::fit] expected at least one sample, got an empty dataset", DataError);
  CHECK_THROWS_WITH_AS(
      trainer.fit(SampleSet<double>(Sequence<double>({4, 3, 5}), Sequence<double>({4, 3, 1})), {}),
      "[Trainer::fit] expected a dataset with inputs [time=any, features=2] for this model, got inputs [time=4, "
      "features=5]",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      trainer.fit(data, SampleSet<double>(Sequence<double>({1, 3, 2}), Sequence<double>({1, 3, 4})), {}),
      "[Trainer::fit, validation] expected a model whose output has the shape of the targets, [time=1, features=4], "
      "got output [time=1, features=1]; the last layer decides it",
      ShapeError);
  Sequential<double> every_step(/*features=*/2);
  every_step.add(Lstm{3}).add(Dense{1});
  CHECK_THROWS_WITH_AS(
      Trainer<double>(every_step).fit(SampleSet<double>(Sequence<double>({4, 3, 2}), Sequence<double>({1, 3, 1})), {}),
      "[Trainer::fit] expected a model whose output has the shape of the targets, [time=1, features=1], got output "
      "[time=4, features=1]; LastStep, attention pooling or Returns::last_step leave one step of many",
      ShapeError);
  CHECK(hash_of_weights(model) == before);
}
