// The declared numbers of weights: right for every layer, and safe for sizes of any kind.

#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/weight_count.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/gain_layer.hpp"
#include "support/model_cases.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("every description declares what its layer has") {
  int count = 0;
  for_each_description(
      [&]<class Description>(const Description& description, const std::vector<SequenceShape>& shapes) {
        std::vector<SampleShape> inputs;
        for (const SequenceShape& shape : shapes) inputs.push_back(shape.sample());
        Random random(1);
        const auto layer = description.template build<float>(BuildContext{"layer", inputs, random});
        INFO(Description::kKind);
        CHECK(weight_count_of<float>(description, inputs) == SaturatedCount(parameter_count(layer.parameters())));
        ++count;
      });
  CHECK(count > 20);
}

TEST_CASE("inputs that are not there, and sizes beyond all memory, are counted without harm") {
  constexpr Index kLargest = (std::numeric_limits<Index>::max)();
  const std::array<SampleShape, 2> shapes{{{kAnyTime, kLargest}, {5, 7}}};
  const InputSizes inputs(shapes);
  CHECK(inputs.features(0) == kLargest);
  CHECK(inputs.features(1) == 7);
  CHECK(inputs.features(2) == 0);
  CHECK(inputs.time(0) == 0);
  CHECK(inputs.time(1) == 5);
  CHECK(inputs.time(2) == 0);
  CHECK(weight_count_of<float>(Dense{.units = kLargest}, shapes)->is_saturated());
  CHECK(weight_count_of<float>(Lstm{.units = kLargest}, {}).value().is_saturated());
  CHECK(weight_count_of<float>(Attention{.score = Score::additive}, {}) == SaturatedCount(0));
  CHECK(weight_count_of<float>(Dense{.units = -3}, shapes) == SaturatedCount(0));
}

TEST_CASE("a layer without weights declares nothing, and one that declares nothing has no number") {
  const std::array<SampleShape, 1> shapes{{{kAnyTime, 3}}};
  CHECK(weight_count_of<float>(LastStep{}, shapes) == SaturatedCount(0));
  CHECK(weight_count_of<float>(Gain{}, shapes) == SaturatedCount(3));
  CHECK(weight_count_of<float>(Silent{}, shapes) == std::nullopt);
}

/// A layer that has other weights than it says.
struct Liar : Gain {
  static constexpr std::string_view kKind = "liar";
  SaturatedCount weight_count(const InputSizes& inputs) const { return inputs.features(0) + 1; }
};

TEST_CASE("a number that is wrong is found when the layer is added") {
  Sequential<float> model(3);
  CHECK_THROWS_WITH_AS(model.add(Liar{}),
                       "[liar, layer 1] expected a description whose weight_count is the number of weights that its "
                       "layer has, 3, got 4",
                       ConfigError);
  CHECK(model.nodes().size() == 1);
}

}  // namespace
