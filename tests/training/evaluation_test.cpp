#include <limits>

#include <doctest/doctest.h>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/training/evaluation.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace evaluation_test {
namespace {

const Sequence<double> wave = sine_wave<double>({.length = 57, .period = 12, .noise = 0.1, .seed = 4});
const Windows<double> data(wave, {.lookback = 10, .horizon = 2});  // 46 samples

Sequential<double> two_step_model() {
  Sequential<double> model(/*features=*/1, 3);
  model.add(Lstm{5}).add(AttentionPooling{}).add(Dense{2});
  return model;
}

/// All samples as one batch.
void gather_all(Sequence<double>& x, Sequence<double>& target) {
  std::vector<Index> all(static_cast<std::size_t>(data.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Index>(i);
  data.gather(all, x, target);
}

TEST_CASE("predict: the model's output for every sample in its place, in any batches and threads, bit for bit") {
  const auto model = two_step_model();
  Sequence<double> x, target;
  gather_all(x, target);
  const auto expected = model.predict({&x});
  REQUIRE(expected.shape() == SequenceShape{1, 46, 2});
  for (const Index batch_size : {1, 7, 32, 1000})
    for (const int threads : {1, 3}) {
      CAPTURE(batch_size);
      CAPTURE(threads);
      CHECK(same_bits(predict(model, data, {batch_size, threads}), expected));
    }
}

TEST_CASE("predict: an output of several steps") {
  Sequential<double> model(/*features=*/1, 3);
  model.add(Lstm{5}).add(Dense{1});
  const SampleSet<double> samples(Sequence<double>({4, 40, 1}), Sequence<double>({4, 40, 1}));
  CHECK(predict(model, samples).shape() == SequenceShape{4, 40, 1});
}

TEST_CASE("evaluate: the loss over all samples, the same bits for any number of threads") {
  const auto model = two_step_model();
  Sequence<double> x, target;
  gather_all(x, target);
  const double expected = (model.predict({&x}).flat() - target.flat()).squaredNorm() / 92;
  const double found = evaluate(model, data, {32, 1});
  CHECK(found ==
        doctest::Approx(expected).epsilon(92 * std::numeric_limits<double>::epsilon()));  // 92 terms in another order
  CHECK(evaluate(model, data, {32, 2}) == found);
  CHECK(evaluate(model, data, {32, 5}) == found);
}

TEST_CASE("attention_weights: one column per sample, each summing to 1") {
  const auto model = two_step_model();
  const auto weights = attention_weights(model, model.find("attention_pooling"), data);
  REQUIRE(weights.shape() == SequenceShape{1, 46, 10});
  Sequence<double> x, target;
  gather_all(x, target);
  Workspace<double> workspace(model);
  model.infer({&x}, workspace);
  CHECK(same_bits(weights, workspace.attention_weights(model.find("attention_pooling"))));
  for (Index n = 0; n < 46; ++n)
    CHECK(weights.step(0).col(n).sum() == doctest::Approx(1).epsilon(10 * std::numeric_limits<double>::epsilon()));
  CHECK_THROWS_AS(attention_weights(model, model.find("dense"), data), ConfigError);
}

TEST_CASE("evaluation: errors") {
  const auto model = two_step_model();
  CHECK_THROWS_WITH_AS(predict(model, data, {.batch_size = 0}),
                       "[EvaluationOptions] expected a batch_size of at least 1, got 0", ConfigError);
  const Windows<double> other_horizon(wave, {.lookback = 10});
  CHECK_THROWS_WITH_AS(
      evaluate(model, other_horizon),
      "[evaluate] expected a model whose output has the shape of the targets, [time=1, features=1], got output "
      "[time=1, features=2]; the last layer decides it",
      ShapeError);
  Graph<double> two_inputs;
  two_inputs.input({1, 1});
  two_inputs.add(Dense{1}, {two_inputs.input({1, 1})});
  CHECK_THROWS_WITH_AS(evaluate(two_inputs, other_horizon), "[evaluate] expected a model with one input, got 2",
                       ShapeError);
}

}  // namespace
}  // namespace evaluation_test
