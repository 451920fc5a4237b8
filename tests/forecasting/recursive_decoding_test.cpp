#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/recursive_decoding.hpp>
#include <tsattn/forecasting/teacher_forcing.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/difference.hpp"
#include "support/encoder_decoder.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::encoder_decoder, test::same_bits;

template <class S, class Description>
void check_own_teacher(const Description& layer) {
  const Graph<S> model = encoder_decoder<S>(layer, 3, 2, /*seed=*/3);
  Random random(1);
  const auto history = test::random_sequence<S>({6, 5, 3}, random), first = test::random_sequence<S>({1, 5, 2}, random);
  const Sequence<S> y = decode_recursively(model, history, first, 4);
  REQUIRE(y.shape() == SequenceShape{4, 5, 2});
  Sequence<S> previous({4, 5, 2});
  std::copy_n(first.data(), first.size(), previous.data());
  std::copy_n(y.data(), 3 * first.size(), previous.step_data(1));
  CHECK(same_bits(model.predict({&history, &previous}), y));
}

TEST_CASE_TEMPLATE("recursive decoding is teacher forcing with the model's own outputs as teacher", S, float, double) {
  check_own_teacher<S>(Rnn{.units = 4});
  check_own_teacher<S>(Lstm{.units = 4});
  check_own_teacher<S>(Gru{.units = 4});
}

TEST_CASE("recursive decoding, closed form: an output that is the step before plus 1") {
  Graph<double> model;
  const NodeId history = model.input({.features = 1}), previous = model.input({.features = 1});
  model.add(Lstm{2}, {history});  // which is not read
  model.add(Dense{1}, {previous});
  model.parameters()[model.parameters().size() - 2].data[0] = 1;
  model.parameters().back().data[0] = 1;
  const Sequence<double> x({3, 2, 1}), first = test::sequence_of({1, 2, 1}, {5., -2.});
  CHECK(same_bits(decode_recursively(model, x, first, 3), test::sequence_of({3, 2, 1}, {6., -1., 7., 0., 8., 1.})));
}

TEST_CASE("recursive decoding of all windows, in any batches and threads, bit for bit") {
  const Sequence<float> wave = sine_wave<float>({.length = 80, .period = 12, .noise = 0.05, .seed = 2});
  const Windows<float> windows(wave, {.lookback = 10, .horizon = 4});
  const TeacherForcing<float> data(windows);
  Graph<float> model = encoder_decoder<float>(Lstm{.units = 6}, 1, 1, /*seed=*/3);
  const double before = evaluate(model, data);
  Trainer<float>(model, Adam{.learning_rate = 1e-2}).fit(data, {.epochs = 5});
  CHECK(evaluate(model, data) < before);

  std::vector<Sequence<float>> inputs(2);
  Sequence<float> target, first({1, data.size(), 1});
  std::vector<Index> all(static_cast<std::size_t>(data.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Index>(i);
  data.gather_inputs(all, inputs, target);
  std::copy_n(inputs[1].data(), first.size(), first.data());
  const Sequence<float> expected = decode_recursively(model, inputs[0], first, 4);
  for (const Index batch_size : {1, 7, 100})
    for (const int threads : {1, 3}) CHECK(same_bits(decode_recursively(model, data, {batch_size, threads}), expected));
}

TEST_CASE("recursive decoding: errors") {
  const Graph<double> model = encoder_decoder<double>(Gru{.units = 3}, 1, 1, /*seed=*/3);
  const Sequence<double> history({4, 2, 1}), first({1, 2, 1}), first_of_others({1, 3, 1});
  CHECK_THROWS_WITH_AS(decode_recursively(model, history, first, 0),
                       "[decode_recursively] expected steps of at least 1, got 0", ConfigError);
  CHECK_THROWS_AS(decode_recursively(model, history, first_of_others, 2), ShapeError);
  Graph<double> one_input, wide;
  one_input.add(Dense{1}, {one_input.input({.features = 1})});
  CHECK_THROWS_WITH_AS(decode_recursively(one_input, history, first, 2),
                       "[decode_recursively] expected a model with two inputs, history and previous, got 1",
                       ShapeError);
  wide.input({.features = 1});
  wide.add(Dense{2}, {wide.input({.features = 1})});
  CHECK_THROWS_WITH_AS(decode_recursively(wide, history, first, 2),
                       "[decode_recursively] expected a model whose outputs can be its second input, with 1 features, "
                       "got 2",
                       ShapeError);
}

}  // namespace
