// Training that is interrupted and goes on. tests/checkpoint kills whole programs; here it ends by an exception.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/persistence/layer_registry.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/training/early_stopping.hpp>
#include <tsattn/training/learning_rate.hpp>
#include <tsattn/training/reduce_on_plateau.hpp>
#include <tsattn/training/time_limit.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/gain_layer.hpp"
#include "support/hash_of_weights.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
namespace fs = std::filesystem;

struct Killed {};

/// Ends a training after so many checkpoints of batches and epochs.
struct KillAfter {
  Index checkpoints;
  void on_checkpoint(TrainingRun&) {
    if (checkpoints-- == 0) throw Killed();
  }
};

template <class S>
struct Setting {
  Sequence<S> wave = sine_wave<S>({.length = 120, .period = 12, .noise = 0.05, .seed = 2});
  Windows<S> training{wave, {.lookback = 10}, {0, 90}};
  Windows<S> validation{wave, {.lookback = 10}, {90, 120}};

  static Sequential<S> model() {
    Sequential<S> model(/*features=*/1, /*seed=*/3);
    model.add(Gru{.units = 5}).add(AttentionPooling{}).add(Dense{1});
    return model;
  }
  static FitOptions options() {
    return {.epochs = 4, .batch_size = 16, .seed = 5, .clip_norm = 1, .callbacks = {EarlyStopping{.patience = 2}}};
  }
};

template <class S>
struct Outcome {
  std::uint64_t weights;
  History history;
};

/// Trains to the end, from the checkpoint if it is there, or until so many checkpoints have passed.
template <class S, class Optimizer>
Outcome<S> train(const Optimizer& optimizer, const CheckpointOptions& checkpoint, Index kill_after = -1) {
  const Setting<S> setting;
  Sequential<S> model = setting.model();
  FitOptions options = setting.options();
  options.callbacks.push_back(ModelCheckpoint<S>(model, checkpoint));
  options.callbacks.push_back(KillAfter{kill_after});
  Trainer<S> trainer(model, optimizer);
  History history = trainer.fit(setting.training, setting.validation, options);
  return {test::hash_of_weights(model), history};
}

void check_same(const History& a, const History& b) {
  REQUIRE(a.epochs.size() == b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    CHECK(a.epochs[i].epoch == b.epochs[i].epoch);
    CHECK(a.epochs[i].loss == b.epochs[i].loss);
    CHECK(a.epochs[i].validation_loss == b.epochs[i].validation_loss);
    CHECK(a.epochs[i].learning_rate == b.epochs[i].learning_rate);
    CHECK(a.epochs[i].gradient_norm == b.epochs[i].gradient_norm);
  }
  CHECK(a.best_epoch == b.best_epoch);
  CHECK(a.stop_reason == b.stop_reason);
}

/// What the Error of `call` says; "" if there is none.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_CASE_TEMPLATE("a training that is interrupted at any batch ends with the bits of one that is not", S, float,
                   double) {
  const test::TemporaryFolder folder;
  const auto check = [&](const auto& optimizer) {
    const fs::path whole_last = folder.path() / "whole.safetensors",
                   whole_best = folder.path() / "whole_best.safetensors";
    const fs::path last = folder.path() / "last.safetensors", best = folder.path() / "best.safetensors";
    for (const fs::path& path : {whole_last, whole_best, last, best}) fs::remove(path);
    const auto whole = train<S>(optimizer, {.last = whole_last, .best = whole_best, .every_batches = 1});
    // 5 batches and an end make 6 checkpoints in an epoch, 24 in all. Each time it goes on for so many more.
    for (const Index kill_after : {1, 5, 6}) {
      CAPTURE(kill_after);
      fs::remove(last), fs::remove(best);
      Outcome<S> outcome{};
      int runs = 0;
      for (bool is_done = false; !is_done && runs < 40; ++runs) try {
          // The first run ends where kill_after says, the later ones one checkpoint further each.
          outcome = train<S>(optimizer, {.last = last, .best = best, .every_batches = 1}, runs == 0 ? kill_after : 1);
          is_done = true;
        } catch (const Killed&) {
        }
      CHECK(runs >= 10);
      CHECK(outcome.weights == whole.weights);
      check_same(outcome.history, whole.history);
      CHECK(test::read(best) == test::read(whole_best));
    }
  };
  check(Adam{.learning_rate = 1e-2});
  check(AdamW{.learning_rate = 1e-2});
  check(RmsProp{.learning_rate = 1e-3, .momentum = 0.5});
  check(Sgd{.learning_rate = 1e-2, .momentum = 0.9});
}

TEST_CASE("learning rates that change are the same in a training that is interrupted") {
  const test::TemporaryFolder folder;
  struct RatesOfSteps {
    std::map<Index, double>* rates;
    void on_batch_end(TrainingRun& run) const { (*rates)[run.step()] = run.learning_rate(); }
  };
  const Setting<float> setting;
  const auto train = [&](const fs::path& last, std::map<Index, double>& rates, Index kill_after) {
    Sequential<float> model = setting.model();
    FitOptions options = setting.options();
    options.epochs = 5;
    options.callbacks = {WarmUp{.batches = 7, .initial_fraction = 0.125}, CosineDecay{},
                         // no loss is smaller by so much: the rate is halved every second epoch
                         ReduceOnPlateau{.factor = 0.5, .patience = 1, .min_delta = 100, .cooldown = 1},
                         RatesOfSteps{&rates}, ModelCheckpoint<float>(model, {.last = last, .every_batches = 1}),
                         KillAfter{kill_after}};
    Trainer<float> trainer(model, Adam{.learning_rate = 1e-2});
    const History history = trainer.fit(setting.training, setting.validation, options);
    return Outcome<float>{test::hash_of_weights(model), history};
  };
  std::map<Index, double> rates;
  const auto whole = train(folder / "whole.safetensors", rates, -1);
  REQUIRE(rates.size() == 25);
  CHECK(rates[1] == 1e-2 * 0.125);
  CHECK(rates[11] == doctest::Approx(1e-2 * 0.5 * 0.6545084971874737));  // (1 + cos(pi 10 / 25)) / 2
  CHECK(rates[21] == doctest::Approx(1e-2 * 0.25 * 0.0954915028125263));
  for (const Index kill_after : {1, 4, 5}) {  // 4: also between the last batch of an epoch and its end
    CAPTURE(kill_after);
    const fs::path last = folder / "last.safetensors";
    fs::remove(last);
    std::map<Index, double> resumed_rates;
    Outcome<float> outcome{};
    bool is_done = false;
    for (int runs = 0; !is_done && runs < 40; ++runs) try {
        outcome = train(last, resumed_rates, runs == 0 ? kill_after : 1);
        is_done = true;
      } catch (const Killed&) {
      }
    REQUIRE(is_done);
    CHECK(resumed_rates == rates);
    CHECK(outcome.weights == whole.weights);
    check_same(outcome.history, whole.history);
  }
}

TEST_CASE("the learning rate of the optimizer may be another in the training that goes on") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  CHECK_THROWS_AS(train<float>(Adam{.learning_rate = 1e-2}, {.last = last, .every_batches = 1}, 8), Killed);
  const History history = train<float>(Adam{.learning_rate = 1e-3}, {.last = last}).history;
  CHECK(history.epochs[0].learning_rate == 1e-2);
  CHECK(history.epochs[1].learning_rate == 1e-3);
}

TEST_CASE("a training that is stopped in an epoch and interrupted before its end has that epoch in its history") {
  const test::TemporaryFolder folder;
  const Setting<float> setting;
  const auto train = [&](const fs::path& last, Index kill_after) {
    struct StopInSecondEpoch {
      void on_batch_end(TrainingRun& run) const {
        if (run.step() == 7) run.stop("seen enough");
      }
    };
    Sequential<float> model = setting.model();
    FitOptions options = setting.options();
    options.callbacks = {StopInSecondEpoch{}, ModelCheckpoint<float>(model, {.last = last, .every_batches = 1}),
                         KillAfter{kill_after}};
    return Trainer<float>(model, Adam{}).fit(setting.training, setting.validation, options);
  };
  const History whole = train(folder / "whole.safetensors", -1);
  REQUIRE(whole.epochs.size() == 2);
  // The checkpoints are those of batches 1 to 5, of the epoch, and of batches 6 and 7.
  CHECK_THROWS_AS(train(folder / "last.safetensors", 7), Killed);
  check_same(train(folder / "last.safetensors", -1), whole);
  check_same(train(folder / "last.safetensors", -1), whole);  // and nothing is left to do
}

TEST_CASE("a time limit counts what the training took before it was interrupted") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  const Setting<float> setting;
  const auto train = [&](double seconds_taken) {
    TimeLimit limit{.seconds = 1000};
    struct TimePasses {
      TimeLimit* limit;
      double seconds;
      void on_batch_begin(TrainingRun& run) const {
        if (run.batch == 1)
          limit->begin -=
              std::chrono::duration_cast<TimeLimit::Clock::duration>(std::chrono::duration<double>(seconds));
      }
    };
    Sequential<float> model = setting.model();
    FitOptions options = setting.options();
    options.epochs = 3;
    options.callbacks = {std::ref(limit), TimePasses{&limit, seconds_taken},
                         ModelCheckpoint<float>(model, {.last = last}), KillAfter{seconds_taken == 600 ? 6 : -1}};
    return Trainer<float>(model, Adam{}).fit(setting.training, options);
  };
  CHECK_THROWS_AS(train(600), Killed);  // in the second epoch, after 1200 s, but the checkpoint is of the first
  const History history = train(450);
  REQUIRE(history.epochs.size() == 2);
  CHECK(history.stop_reason == "the time limit of 16 min 40 s is reached");
}

TEST_CASE("what a callback visits is written as it was when it was visited") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  struct Local {
    std::vector<double>* seen;
    void on_epoch_end(TrainingRun&) const {}
    void visit_state(StateVisitor& visitor) const {
      AlignedBuffer<double> values(3);
      std::vector<Index> places{7, 8, 9};
      for (Index i = 0; i < 3; ++i) values.data()[i] = static_cast<double>(i) + 0.5;
      visitor.visit("values", values);
      visitor.visit("places", places);
      seen->assign(values.data(), values.data() + 3);
      seen->insert(seen->end(), places.begin(), places.end());
      for (Index i = 0; i < 3; ++i) values.data()[i] = -1, places[static_cast<std::size_t>(i)] = -1;
    }
  };
  std::vector<double> seen;
  const Setting<float> setting;
  const auto train = [&](Index kill_after) {
    Sequential<float> model = setting.model();
    FitOptions options = setting.options();
    options.callbacks = {Local{&seen}, ModelCheckpoint<float>(model, {.last = last}), KillAfter{kill_after}};
    Trainer<float>(model, Adam{}).fit(setting.training, options);
  };
  CHECK_THROWS_AS(train(6), Killed);  // in the second epoch
  REQUIRE(fs::exists(last));
  seen.clear();
  CHECK_THROWS_AS(train(0), Killed);  // before anything is written again
  CHECK(seen == std::vector<double>{0.5, 1.5, 2.5, 7, 8, 9});
}

TEST_CASE("both files are models, and a finished training is only read again") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors", best = folder / "best.safetensors";
  const ModelExtras extras{.windows = WindowOptions{.lookback = 10}, .metadata = {{"who", "test"}}};
  const auto first = train<float>(Adam{}, {.last = last, .best = best, .extras = extras});
  CHECK(folder.files() == 2);
  CHECK(load_model<float>(last).extras.windows->lookback == 10);
  CHECK(load_model<double>(best).extras.metadata == extras.metadata);
  Sequential<float> model = Setting<float>::model();
  load_weights(best, model);
  CHECK(test::hash_of_weights(model) == first.weights);  // EarlyStopping ends with the weights of the best epoch

  const std::string bytes = test::read(last);
  const auto again = train<float>(Adam{}, {.last = last, .best = best, .extras = extras});
  CHECK(again.weights == first.weights);
  check_same(again.history, first.history);
  CHECK(test::read(last) == bytes);
}

TEST_CASE("a training with a layer of a user's own goes on, and a registry opens its checkpoint") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  const Setting<float> setting;
  const auto trained = [&](Index epochs, const CheckpointOptions& checkpoint) {
    Sequential<float> model(1, /*seed=*/3);
    model.add(test::Gain{.shift = 0.5}).add(Gru{5}).add(AttentionPooling{}).add(Dense{1});
    FitOptions options{.epochs = epochs};
    if (!checkpoint.last.empty()) options.callbacks.push_back(ModelCheckpoint<float>(model, checkpoint));
    Trainer<float>(model, Adam{}).fit(setting.training, options);
    return test::hash_of_weights(model);
  };
  const std::uint64_t whole = trained(4, {});
  CHECK(trained(2, {.last = last}) != whole);
  CHECK(trained(4, {.last = last}) == whole);

  auto registry = LayerRegistry<float>::standard();
  registry.add<test::Gain>();
  LoadedModel<float> loaded = load_model<float>(last, registry);
  CHECK(test::hash_of_weights(loaded.model) == whole);
  CHECK_THROWS_AS(load_model<float>(last), IoError);
}

TEST_CASE("resume = false begins anew") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  CHECK_THROWS_AS(train<float>(Adam{}, {.last = last, .every_batches = 1}, 3), Killed);
  const auto whole = train<float>(Adam{}, {.last = folder / "other.safetensors"});
  CHECK(train<float>(Adam{}, {.last = last, .resume = false}).weights == whole.weights);
}

TEST_CASE("a checkpoint says what it does not go on with") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  const std::string file = "[safetensors, " + last.string() + "] ";
  CHECK_THROWS_AS(train<float>(Adam{}, {.last = last, .every_batches = 1}, 3), Killed);

  CHECK(error_of([&] { train<double>(Adam{}, {.last = last}); }) ==
        file +
            "expected the tensor state/kept_weights as F64, got F32; a training goes on in the scalar type in which it "
            "began");
  CHECK(error_of([&] {
          train<float>(Sgd{}, {.last = last});
        }).find("the checkpoint is of a training with another optimizer or other callbacks") != std::string::npos);

  const Setting<float> setting;
  Sequential<float> model = setting.model();
  const auto fit = [&](auto change) {
    FitOptions options = setting.options();
    options.callbacks.push_back(ModelCheckpoint<float>(model, {.last = last}));
    options.callbacks.push_back(KillAfter{-1});
    change(options);
    Trainer<float>(model, Adam{}).fit(setting.training, setting.validation, options);
  };
  CHECK(error_of([&] { fit([](FitOptions& options) { options.batch_size = 8; }); }) ==
        "[Trainer::fit] expected to go on with the batch_size 16 of the training that was interrupted, got 8");
  CHECK(error_of([&] { fit([](FitOptions& options) { options.callbacks.pop_back(); }); }) ==
        "[Trainer::fit] expected to go on with the callbacks 3 of the training that was interrupted, got 2");
  CHECK(error_of([&] { fit([](FitOptions& options) { options.shuffle = Shuffle::never; }); }) ==
        "[Trainer::fit] expected to go on with the shuffles 1 of the training that was interrupted, got 0");
  Sequential<float> fresh = setting.model();
  CHECK(test::hash_of_weights(model) == test::hash_of_weights(fresh));  // none of these errors moved a weight

  save_model(last, model);
  CHECK(error_of([&] { train<float>(Adam{}, {.last = last}); }) ==
        file + "expected a checkpoint, with the state of a training, got a model alone");
  CHECK(error_of([&] { train<float>(Adam{}, {}); }) ==
        "[ModelCheckpoint] expected a path as `last`, as `best` or as both, got none");
  CHECK(error_of([&] { train<float>(Adam{}, {.last = last, .every_batches = -1}); }) ==
        "[ModelCheckpoint] expected every_batches of at least 0, got -1");
}

TEST_CASE("a checkpoint with a flipped byte is refused") {
  const test::TemporaryFolder folder;
  const fs::path last = folder / "last.safetensors";
  CHECK_THROWS_AS(train<float>(Adam{}, {.last = last, .every_batches = 1}, 3), Killed);
  const std::string good = test::read(last);
  Random random(1);
  for (int i = 0; i < 40; ++i) {  // from the middle of the header on, which ends with blanks at most
    std::string bad = good;
    const auto at = good.size() / 2 + static_cast<std::size_t>(random.below(static_cast<Index>(good.size() / 2)));
    if (bad[at] == ' ') continue;
    bad[at] = static_cast<char>(bad[at] ^ (1 << random.below(8)));
    std::ofstream(last, std::ios::binary) << bad;
    CAPTURE(at);
    CHECK_THROWS_AS(train<float>(Adam{}, {.last = last}), Error);
  }
}

}  // namespace
