#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/teacher_forcing.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::same_bits;
using test::sequence_of;

/// Rows 0, 1, 2, ... of two features: the row and 100 + the row.
Sequence<double> counted(Index rows) {
  Sequence<double> series({rows, 1, 2});
  for (Index t = 0; t < rows; ++t) series(t, 0, 0) = static_cast<double>(t), series(t, 0, 1) = 100. + series(t, 0, 0);
  return series;
}

TEST_CASE("teacher forcing: the decoder reads the target of the step before, the first at the end of the history") {
  const Sequence<double> series = counted(20);
  const Windows<double> windows(series, {.lookback = 3, .horizon = 2, .targets = {1}});
  const TeacherForcing<double> data(windows);
  CHECK(data.size() == windows.size());
  CHECK(data.input_shapes() == std::vector<SampleShape>{{3, 2}, {2, 1}});
  CHECK(data.target_shape() == SampleShape{2, 1});
  std::vector<Sequence<double>> inputs(2);
  Sequence<double> target;
  data.gather_inputs(std::vector<Index>{4, 0}, inputs, target);
  CHECK(same_bits(inputs[0], sequence_of({3, 2, 2}, {4., 104., 0., 100., 5., 105., 1., 101., 6., 106., 2., 102.})));
  CHECK(same_bits(inputs[1], sequence_of({2, 2, 1}, {106., 102., 107., 103.})));
  CHECK(same_bits(target, sequence_of({2, 2, 1}, {107., 103., 108., 104.})));
  CHECK(data.actual().shape() == SequenceShape{2, windows.size(), 1});
  CHECK(data.actual()(1, 4, 0) == 108);
}

TEST_CASE("teacher forcing: steps are those of the sampling, targets in the order of the options") {
  const Sequence<double> series = counted(30);
  const Windows<double> windows(series, {.lookback = 2, .horizon = 3, .targets = {1, 0}, .sampling_step = 3});
  const TeacherForcing<double> data(windows);
  std::vector<Sequence<double>> inputs(2);
  Sequence<double> target;
  data.gather_inputs(std::vector<Index>{1}, inputs, target);
  CHECK(same_bits(inputs[1], sequence_of({3, 1, 2}, {104., 4., 107., 7., 110., 10.})));
  CHECK(same_bits(target, sequence_of({3, 1, 2}, {107., 7., 110., 10., 113., 13.})));
}

TEST_CASE("teacher forcing: errors") {
  const Sequence<double> series = counted(20);
  const Windows<double> windows(series, {.lookback = 3, .horizon = 2}), later(series, {.lookback = 3, .gap = 1});
  CHECK_THROWS_WITH_AS(
      TeacherForcing<double>{later},
      "[TeacherForcing] expected windows without a gap and include_input, got gap = 1, include_input = false",
      ConfigError);
  Sequence<double> x, target;
  CHECK_THROWS_WITH_AS(
      TeacherForcing<double>(windows).gather(std::vector<Index>{0}, x, target),
      "[TeacherForcing::gather] expected room for the two inputs, history and previous, got it for one", ShapeError);
}

}  // namespace
