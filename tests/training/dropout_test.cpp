// Training with layers that draw random numbers: what they draw depends on seed, epoch, batch and shard alone.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>
#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/difference.hpp"
#include "support/hash_of_weights.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using test::hash_of_weights;

/// 75 samples: the last batch of 20 has 15, and a batch has two or three shards.
template <class S>
struct Setting {
  Sequence<S> wave = sine_wave<S>({.length = 85, .period = 12, .noise = 0.05, .seed = 2});
  Windows<S> data{wave, {.lookback = 10}};

  static Sequential<S> model() {
    Sequential<S> model(/*features=*/1, /*seed=*/3);
    model.add(Dropout{.rate = 0.1}).add(Gru{.units = 7, .recurrent_dropout = 0.2});
    model.add(Dropout{.rate = 0.3, .shared_over_time = true}).add(AttentionPooling{}).add(Dropout{}).add(Dense{1});
    return model;
  }
};

template <class S>
std::uint64_t train(const FitOptions& options) {
  const Setting<S> setting;
  Sequential<S> model = setting.model();
  Trainer<S>(model).fit(setting.data, options);
  return hash_of_weights(model);
}

TEST_CASE_TEMPLATE("training with dropout gives the same bits for any number of threads, and others for another seed",
                   S, float, double) {
  const FitOptions options{.epochs = 3, .batch_size = 20, .shuffle = Shuffle::never, .seed = 7, .threads = 1};
  const std::uint64_t hash = train<S>(options);
  for (const int threads : {2, 3, 4, 7}) {
    CAPTURE(threads);
    FitOptions other = options;
    other.threads = threads;
    CHECK(train<S>(other) == hash);
  }
  FitOptions other = options;
  other.seed = 8;
  CHECK(train<S>(other) != hash);
}

/// The squared error; keeps the outputs that it was given. Shards come from several threads, so it is for one.
struct RecordingLoss {
  static constexpr std::string_view kName = "recording";
  std::vector<Sequence<double>>* outputs;

  double value(const Sequence<double>& y, const Sequence<double>& target, Index batch) const {
    outputs->push_back(y);
    return MeanSquaredError{}.value(y, target, batch);
  }
  void gradient(const Sequence<double>& y, const Sequence<double>& target, Index batch, Sequence<double>& dy) const {
    MeanSquaredError{}.gradient(y, target, batch, dy);
  }
};

TEST_CASE("every shard of every batch of every epoch has masks of its own") {
  // All samples are alike, and the weights do not move: nothing but masks differs.
  Sequential<double> model(/*features=*/1);
  model.add(Dense{40}).add(Dropout{});
  Sequence<double> x({1, 32, 1});
  x.fill(1);
  const SampleSet<double> data(x, Sequence<double>({1, 32, 40}));
  std::vector<Sequence<double>> outputs;
  Trainer<double>(model, Sgd{.learning_rate = 1e-300}, RecordingLoss{&outputs})
      .fit(data, {.epochs = 2, .batch_size = 16, .threads = 1});
  REQUIRE(outputs.size() == 2 * 2 * 2);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(test::same_bits(outputs[i], outputs[j]));
}

struct Killed {};

/// Ends a training after so many checkpoints of batches and epochs.
struct KillAfter {
  Index checkpoints;
  void on_checkpoint(TrainingRun&) {
    if (checkpoints-- == 0) throw Killed();
  }
};

TEST_CASE_TEMPLATE("a training with dropout that is interrupted at any batch ends with the bits of one that is not", S,
                   float, double) {
  const test::TemporaryFolder folder;
  const auto train_on = [](const std::filesystem::path& last, std::uint64_t seed, Index kill_after) {
    const Setting<S> setting;
    Sequential<S> model = setting.model();
    FitOptions options{.epochs = 3, .batch_size = 20, .seed = seed};
    options.callbacks.push_back(ModelCheckpoint<S>(model, {.last = last, .every_batches = 1}));
    options.callbacks.push_back(KillAfter{kill_after});
    Trainer<S>(model).fit(setting.data, options);
    return hash_of_weights(model);
  };
  const std::uint64_t whole = train_on(folder / "whole.safetensors", 5, -1);
  std::uint64_t hash = 0;
  int runs = 0;
  for (bool is_done = false; !is_done && runs < 40; ++runs) try {
      // The seed is that of the training which goes on, not of the options with which it does.
      hash = train_on(folder / "last.safetensors", runs == 0 ? 5 : 6, 1);
      is_done = true;
    } catch (const Killed&) {
    }
  CHECK(runs > 5);
  CHECK(hash == whole);
}

TEST_CASE("what is said of a loss that is not finite is said of the masks with which it was") {
  // Two features of 1e38: what dropout keeps is twice that, and their sum is beyond a float only if it keeps both.
  Sequence<float> x({1, 1, 2});
  x.fill(1e38F);
  const SampleSet<float> data(x, Sequence<float>({1, 1, 1}));
  int failures = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Sequential<float> model(/*features=*/2);
    model.add(Dropout{}).add(Dense{.units = 1, .name = "sum"});
    model.parameters()[0].flat().setConstant(1);
    try {
      Trainer<float>(model).fit(data, {.seed = seed});
    } catch (const NumericError& error) {
      const std::string text = error.what();
      if (text.find("expected a finite loss") == std::string::npos) continue;  // a gradient
      ++failures;
      CHECK(text ==
            "[Trainer::fit] expected a finite loss, got inf in epoch 1, batch 1 of 1: the first values that are not "
            "finite are the output of the layer sum; try a smaller learning rate or clip_norm");
    }
  }
  CHECK(failures >= 3);
}

TEST_CASE("evaluation and prediction drop nothing") {
  const Setting<double> setting;
  const Sequential<double> model = setting.model();
  Sequential<double> without(/*features=*/1, /*seed=*/3);
  without.add(Gru{.units = 7}).add(AttentionPooling{}).add(Dense{1});
  const auto from = model.parameters();
  const auto to = without.parameters();
  REQUIRE(from.size() == to.size());
  for (std::size_t i = 0; i < from.size(); ++i) std::copy_n(from[i].data, from[i].size(), to[i].data);
  CHECK(test::same_bits(predict(model, setting.data), predict(without, setting.data)));
  CHECK(evaluate(model, setting.data) == evaluate(without, setting.data));
}

}  // namespace
