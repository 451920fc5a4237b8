#pragma once

#include <algorithm>
#include <initializer_list>

#include <doctest/doctest.h>

#include <tsattn/core/sequence.hpp>

namespace tsattn::test {

/// A sequence whose memory, features fastest, then batch, then time, holds `values`.
template <class S = double>
Sequence<S> sequence_of(const SequenceShape& shape, std::initializer_list<S> values) {
  Sequence<S> x(shape);
  REQUIRE(x.size() == static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

/// Sample b of a batch as a batch of its own.
template <class S>
Sequence<S> sample_of(const Sequence<S>& x, Index b) {
  Sequence<S> sample({x.time(), 1, x.features()});
  for (Index t = 0; t < x.time(); ++t) sample.step(t) = x.step(t).col(b);
  return sample;
}

/// The `count` steps from step `first`.
template <class S>
Sequence<S> steps_of(const Sequence<S>& x, Index first, Index count) {
  Sequence<S> steps({count, x.batch(), x.features()});
  std::copy_n(x.step_data(first), steps.size(), steps.data());
  return steps;
}

}  // namespace tsattn::test
