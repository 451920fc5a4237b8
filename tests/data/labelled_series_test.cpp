#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>
#include <tsattn/data/labelled_series.hpp>
#include <tsattn/data/ts_file.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace labelled_series_test {

namespace {

using namespace tsattn;
using namespace tsattn::test;

LabelledSeries from_text(const std::string& text) {
  std::istringstream in(text);
  return read_ts(in, "x");
}

const std::string kHeader = "@univariate true\n@classLabel true a b\n@data\n";

LabelledSeries two_lengths() {
  return from_text("@classLabel true a b c\n@data\n1,2,3:10,20,30:c\n4:40:a\n5,6:50,60:b\n");
}

TEST_CASE("samples: shorter series are padded at the front with their first value") {
  const auto samples = labelled_samples<float>(two_lengths());
  CHECK(same_bits(samples.inputs, sequence_of<float>({3, 3, 2}, {1, 10, 4, 40, 5, 50,  //
                                                                 2, 20, 4, 40, 5, 50,  //
                                                                 3, 30, 4, 40, 6, 60})));
  CHECK(same_bits(samples.targets, sequence_of<float>({1, 3, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0})));
  CHECK(SampleSet<float>(samples.inputs, samples.targets).size() == 3);

  const auto longer = labelled_samples<double>(two_lengths(), {.time = 5});
  CHECK(longer.inputs.shape() == SequenceShape{5, 3, 2});
  CHECK(longer.inputs(1, 0, 1) == 10);
  CHECK(longer.inputs(2, 0, 1) == 10);
  CHECK(longer.inputs(3, 0, 1) == 20);
}

TEST_CASE("samples: two classes as one target, and scaled inputs") {
  const LabelledSeries set = from_text("@classLabel true no yes\n@data\n1,3:yes\n5:no\n");
  CHECK(same_bits(joined_steps(set.series), sequence_of({3, 1, 1}, {1., 3., 5.})));
  const Scaler scaler = Scaler::fit(Scaling::min_max, joined_steps(set.series), {0, 3});
  const auto samples = labelled_samples<float>(set, {.scaler = scaler, .targets = ClassTargets::binary});
  CHECK(same_bits(samples.inputs, sequence_of<float>({2, 2, 1}, {0, 1, 0.5, 1})));
  CHECK(same_bits(samples.targets, sequence_of<float>({1, 2, 1}, {1, 0})));
}

TEST_CASE("series that make no samples are refused") {
  CHECK_THROWS_WITH_AS(labelled_samples<float>({}), "[labelled_samples] expected at least one series, got none",
                       DataError);
  CHECK_THROWS_WITH_AS(joined_steps({}), "[joined_steps] expected at least one series, got none", DataError);
  CHECK_THROWS_WITH_AS(labelled_samples<float>(from_text("@classLabel false\n@data\n1\n")),
                       "[labelled_samples] expected series with classes, got series without", DataError);
  CHECK_THROWS_WITH_AS(labelled_samples<float>(two_lengths(), {.time = 2}),
                       "[labelled_samples] expected a time of at least 3, the steps of the longest series, or 0, got 2",
                       ConfigError);
  CHECK_THROWS_WITH_AS(labelled_samples<float>(two_lengths(), {.targets = ClassTargets::binary}),
                       "[labelled_samples] expected two classes for binary targets, got 3; use ClassTargets::one_hot",
                       ConfigError);
  CHECK_THROWS_WITH_AS(labelled_samples<float>(two_lengths(), {.scaler = Scaler::from({0}, {1})}),
                       "[Scaler] expected 1 features, got [time=3, batch=1, features=2]", ShapeError);
  LabelledSeries set = two_lengths();
  set.labels[1] = 3;
  CHECK_THROWS_WITH_AS(labelled_samples<float>(set), "[labelled_samples] expected labels from 0 to 2, got 3",
                       ConfigError);
  set.labels.pop_back();
  CHECK_THROWS_WITH_AS(labelled_samples<float>(set),
                       "[labelled_samples] expected as many labels as series, got 2 and 3", ShapeError);
  set.series[2] = Sequence<double>({0, 1, 2});
  CHECK_THROWS_WITH_AS(labelled_samples<float>(set),
                       "[labelled_samples] expected series of at least one step, got an empty one", DataError);
  set.series[2] = Sequence<double>({3, 1, 1});
  CHECK_THROWS_WITH_AS(joined_steps(set.series),
                       "[joined_steps] expected series with batch 1 and 2 features, got [time=3, batch=1, features=1]",
                       ShapeError);
}

}  // namespace

}  // namespace labelled_series_test
