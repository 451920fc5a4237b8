#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/embedded/load.hpp>
#include <tsattn/embedded/parts/dense.hpp>
#include <tsattn/embedded/parts/layer_norm.hpp>
#include <tsattn/embedded/parts/model.hpp>
#include <tsattn/embedded/writer.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
namespace emb = tsattn::embedded;

/// The layer alone, with random weights.
Sequential<float> model_of(Index features, const LayerNorm& description) {
  Sequential<float> model(features);
  model.add(description);
  Random random(1);
  for (const auto& tensor : model.parameters()) test::randomize(tensor.data, tensor.size(), random);
  return model;
}

/// The step of the embedded layer is the library's, whatever the number of features leaves over of a vector.
template <std::size_t F>
void check(const LayerNorm& description) {
  CAPTURE(F);
  using Net = emb::Model<emb::LayerNorm<F>>;
  const auto model = model_of(F, description);
  const auto weights = emb::weights_of<Net>(model);
  Random random(2);
  const auto x = test::random_sequence<float>({50, 1, F}, random), expected = model.predict({&x});
  Sequence<float> y(x.shape());
  Net net(weights);
  for (Index t = 0; t < x.time(); ++t) net.step(x.step_data(t), y.step_data(t));
  // Sums of F terms in two orders, and a root and quotients, each to one unit in the last place: relative to numbers of
  // up to 3, which gain and bias leave below 5.
  CHECK(test::largest_difference(y, expected) <= 5 * static_cast<float>(F + 8) * 1.2e-7F);
}

TEST_CASE("each step is the library's") {
  for (const LayerNorm& description : {LayerNorm{}, LayerNorm{.epsilon = 0.5}, LayerNorm{.gain = false},
                                       LayerNorm{.bias = false}, LayerNorm{.gain = false, .bias = false}}) {
    check<1>(description), check<2>(description), check<3>(description), check<7>(description);
    check<8>(description), check<16>(description), check<31>(description), check<64>(description);
  }
}

TEST_CASE("features that are all alike give the bias, and NaN gives NaN until the model is reset") {
  const auto model = model_of(3, {});
  using Net = emb::Model<emb::LayerNorm<3>>;
  const auto weights = emb::weights_of<Net>(model);
  Net net(weights);
  const float alike[] = {2, 2, 2}, bad[] = {1, std::nanf(""), 2};
  float y[3];
  net.step(bad, y);
  for (const float value : y) CHECK(std::isnan(value));
  net.reset();
  net.step(alike, y);
  for (Index f = 0; f < 3; ++f) CHECK(y[f] == model.parameters()[1].data[f]);
}

TEST_CASE("a header holds the layer, and the square root that it needs") {
  auto model = model_of(3, {});
  model.add(Dense{2});
  std::ostringstream header;
  write_embedded_header(model, header);
  for (const char* const part : {"LayerNorm<3>", "Dense<3, 2>", "struct LayerNorm", "square_root"})
    CHECK_MESSAGE(header.str().find(part) != std::string::npos, part);
  CHECK(header.str().find("#include <tsattn") == std::string::npos);
}

}  // namespace
