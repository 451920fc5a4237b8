#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("SampleSet: gathers the columns that are asked for, in their order") {
  const SampleSet<double> set(sequence_of({2, 3, 2}, {0., 1., 10., 11., 20., 21., 5., 6., 15., 16., 25., 26.}),
                              sequence_of({1, 3, 1}, {100., 200., 300.}));
  CHECK(set.size() == 3);
  CHECK(set.input_shape() == SampleShape{2, 2});
  CHECK(set.target_shape() == SampleShape{1, 1});
  Sequence<double> x, target;
  set.gather(std::vector<Index>{2, 0}, x, target);
  CHECK(same_bits(x, sequence_of({2, 2, 2}, {20., 21., 0., 1., 25., 26., 5., 6.})));
  CHECK(same_bits(target, sequence_of({1, 2, 1}, {300., 100.})));
}

TEST_CASE("SampleSet: gathers the same columns of several inputs") {
  const Sequence<double> a = sequence_of({2, 3, 1}, {0., 1., 2., 3., 4., 5.}), b = sequence_of({1, 3, 1}, {6., 7., 8.});
  const SampleSet<double> set({a, b}, sequence_of({1, 3, 1}, {100., 200., 300.}));
  CHECK(set.input_shapes() == std::vector<SampleShape>{{2, 1}, {1, 1}});
  std::vector<Sequence<double>> inputs(2);
  Sequence<double> target;
  set.gather_inputs(std::vector<Index>{2, 0}, inputs, target);
  CHECK(same_bits(inputs[0], sequence_of({2, 2, 1}, {2., 0., 5., 3.})));
  CHECK(same_bits(inputs[1], sequence_of({1, 2, 1}, {8., 6.})));
  CHECK(same_bits(target, sequence_of({1, 2, 1}, {300., 100.})));
  CHECK_THROWS_WITH_AS(set.gather(std::vector<Index>{0}, inputs[0], target),
                       "[SampleSet::gather] expected room for 2 inputs, got it for 1", ShapeError);
}

TEST_CASE("SampleSet: errors") {
  CHECK_THROWS_WITH_AS(SampleSet<double>(std::vector<Sequence<double>>{}, Sequence<double>({1, 4, 1})),
                       "[SampleSet] expected at least one input, got none", ShapeError);
  CHECK_THROWS_AS(
      SampleSet<double>({Sequence<double>({2, 4, 2}), Sequence<double>({2, 3, 2})}, Sequence<double>({1, 4, 1})),
      ShapeError);
  CHECK_THROWS_WITH_AS(
      SampleSet<double>(Sequence<double>({2, 3, 2}), Sequence<double>({1, 4, 1})),
      "[SampleSet] expected as many targets as inputs, got inputs = [time=2, batch=3, features=2] and targets = "
      "[time=1, batch=4, features=1]",
      ShapeError);
  Sequence<double> inputs({2, 3, 2});
  inputs(1, 2, 0) = std::nan("");
  CHECK_THROWS_WITH_AS(SampleSet<double>(inputs, Sequence<double>({1, 3, 1})),
                       "[SampleSet] expected finite values in inputs, got nan at step 1, sample 2, feature 0",
                       DataError);
}
