#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/difference.hpp"
#include "support/hash_of_weights.hpp"
#include "support/random_values.hpp"
#include "support/temporary_folder.hpp"

namespace several_inputs_test {
namespace {

using namespace tsattn;
using test::hash_of_weights;

/// 45 samples of two inputs that differ in steps and features; batches of 20 leave 5.
template <class S>
struct Setting {
  std::vector<Sequence<S>> inputs;
  Sequence<S> target{{1, 45, 1}};
  Graph<S> model{3};

  Setting() {
    Random random(5);
    inputs.push_back(test::random_sequence<S>({6, 45, 2}, random));
    inputs.push_back(test::random_sequence<S>({1, 45, 3}, random));
    for (Index n = 0; n < 45; ++n) target(0, n, 0) = inputs[0](5, n, 1) - inputs[1](0, n, 2) / 2;
    const NodeId history = model.input({.features = 2}, "history"), known = model.input({1, 3}, "known");
    const NodeId h = model.add(LastStep{}, {model.add(Lstm{4}, {history})});
    model.add(Dense{1}, {model.add(Concatenate{}, {h, known})});
  }
  SampleSet<S> data() const { return {inputs, target}; }
};

TEST_CASE_TEMPLATE("a model with two inputs is trained to the bits of the same model with one", S, float, double) {
  Random random(7);
  const auto a = test::random_sequence<S>({1, 45, 2}, random), b = test::random_sequence<S>({1, 45, 1}, random);
  Sequence<S> both({1, 45, 3}), target({1, 45, 1});
  for (Index n = 0; n < 45; ++n) {
    both(0, n, 0) = a(0, n, 0), both(0, n, 1) = a(0, n, 1), both(0, n, 2) = b(0, n, 0);
    target(0, n, 0) = a(0, n, 1) - b(0, n, 0);
  }
  Graph<S> of_two;
  of_two.add(Dense{1}, {of_two.add(Concatenate{}, {of_two.input({.features = 2}), of_two.input({.features = 1})})});
  Sequential<S> of_one(/*features=*/3);
  of_one.add(Dense{1});
  std::copy_n(of_two.parameters()[0].data, 3, of_one.parameters()[0].data);

  const SampleSet<S> two({a, b}, target), one(both, target);
  const double untrained = evaluate(of_two, two);
  const FitOptions options{.epochs = 3, .batch_size = 20, .threads = 2};
  Trainer<S> trainer(of_two, Adam{.learning_rate = 0.05});
  const double loss = trainer.fit(two, two, options).epochs.back().validation_loss.value();
  CHECK(Trainer<S>(of_one, Adam{.learning_rate = 0.05}).fit(one, one, options).epochs.back().validation_loss == loss);
  CHECK(hash_of_weights(of_two) == hash_of_weights(of_one));
  CHECK(trainer.evaluate(two, {.batch_size = 20}) == loss);
  CHECK(test::same_bits(trainer.predict(two), of_one.predict({&both})));
  CHECK(loss < untrained);
}

TEST_CASE_TEMPLATE("a model with two inputs trains to the same bits with any number of threads", S, float, double) {
  const auto trained = [](int threads) {
    Setting<S> setting;
    Trainer<S>(setting.model).fit(setting.data(), {.epochs = 2, .batch_size = 20, .threads = threads});
    return hash_of_weights(setting.model);
  };
  Setting<S> before;
  CHECK(trained(1) != hash_of_weights(before.model));
  CHECK(trained(2) == trained(1));
  CHECK(trained(5) == trained(1));
}

TEST_CASE("predict and evaluate give every sample its own inputs") {
  const Setting<double> setting;
  const Sequence<double> expected = setting.model.predict({&setting.inputs[0], &setting.inputs[1]});
  for (const Index batch_size : {1, 7, 45})
    CHECK(test::same_bits(predict(setting.model, setting.data(), {batch_size, 2}), expected));
  const double loss = (expected.flat() - setting.target.flat()).squaredNorm() / 45;
  CHECK(evaluate(setting.model, setting.data()) ==
        doctest::Approx(loss).epsilon(45 * std::numeric_limits<double>::epsilon()));
}

TEST_CASE("a model with two inputs is saved, with a probe, and loaded") {
  const test::TemporaryFolder folder;
  const Setting<float> setting;
  save_model(folder / "model.safetensors", setting.model, {}, {&setting.inputs[0], &setting.inputs[1]});
  const Graph<float> loaded = load_model<float>(folder / "model.safetensors").model;
  CHECK(test::same_bits(predict(loaded, setting.data()), predict(setting.model, setting.data())));
}

TEST_CASE("a training of a model with two inputs goes on from its checkpoint") {
  const test::TemporaryFolder folder;
  const auto trained = [&](Index epochs, const std::vector<Callback>& callbacks, Setting<float>& setting) {
    Trainer<float>(setting.model).fit(setting.data(), {.epochs = epochs, .batch_size = 20, .callbacks = callbacks});
    return hash_of_weights(setting.model);
  };
  const auto with_checkpoint = [&](Index epochs) {
    Setting<float> setting;
    return trained(epochs, {ModelCheckpoint<float>(setting.model, {.last = folder / "last.safetensors"})}, setting);
  };
  Setting<float> whole;
  const auto expected = trained(4, {}, whole);
  CHECK(with_checkpoint(2) != expected);
  CHECK(with_checkpoint(4) == expected);
}

TEST_CASE("data and model that differ in their inputs are refused, with the input's name") {
  const Setting<double> setting;
  const SampleSet<double> swapped({setting.inputs[1], setting.inputs[0]}, setting.target);
  CHECK_THROWS_WITH_AS(evaluate(setting.model, swapped),
                       "[evaluate] expected a dataset with inputs [time=any, features=2] for this model's input "
                       "history, got inputs [time=1, features=3]",
                       ShapeError);
  const SampleSet<double> one(setting.inputs[0], setting.target);
  CHECK_THROWS_WITH_AS(evaluate(setting.model, one), "[evaluate] expected a model with one input, got 2", ShapeError);
  Sequential<double> of_one(/*features=*/2);
  of_one.add(LastStep{}).add(Dense{1});
  CHECK_THROWS_WITH_AS(evaluate(of_one, setting.data()),
                       "[evaluate] expected a model with 2 inputs, as the dataset has, got 1", ShapeError);
}

TEST_CASE("a loss that is not finite names the input it came from") {
  /// Two inputs, of which the second turns to NaN.
  struct Poisoned final : Dataset<double> {
    const SampleSet<double> data = Setting<double>().data();
    Index size() const override { return data.size(); }
    SampleShape input_shape() const override { return data.input_shape(); }
    std::vector<SampleShape> input_shapes() const override { return data.input_shapes(); }
    SampleShape target_shape() const override { return data.target_shape(); }
    void gather(std::span<const Index> samples, Sequence<double>& x, Sequence<double>& target) const override {
      data.gather(samples, x, target);
    }
    void gather_inputs(std::span<const Index> samples, std::span<Sequence<double>> inputs,
                       Sequence<double>& target) const override {
      data.gather_inputs(samples, inputs, target);
      inputs[1](0, 0, 1) = std::nan("");
    }
  };
  Setting<double> setting;
  CHECK_THROWS_WITH_AS(
      Trainer<double>(setting.model).fit(Poisoned(), {.batch_size = 45, .threads = 1}),
      "[Trainer::fit] expected a finite loss, got nan in epoch 1, batch 1 of 1: the first values that are not finite "
      "are in the input known; try a smaller learning rate or clip_norm",
      NumericError);
}

}  // namespace
}  // namespace several_inputs_test
