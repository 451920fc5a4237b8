#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/embedded/load.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>

namespace {

using namespace tsattn;
namespace emb = tsattn::embedded;

/// The text of what weights_of<Net>(model) throws.
template <class Exception, class Net>
std::string refusal(const Graph<float>& model) {
  try {
    emb::weights_of<Net>(model);
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST_CASE("kinds and sizes of layers must agree") {
  Sequential<float> model(1);
  model.add(Lstm{16}).add(Dense{1});
  CHECK(refusal<ShapeError, emb::Model<emb::Lstm<1, 8>, emb::Dense<8, 1>>>(model) ==
        "[embedded::weights_of] expected Lstm<1, 8> as layer 1, got Lstm<1, 16>, the layer lstm of the model");
  CHECK(refusal<ShapeError, emb::Model<emb::Lstm<1, 16>, emb::Tanh<16>>>(model) ==
        "[embedded::weights_of] expected Tanh<16> as layer 2, got Dense<16, 1>, the layer dense of the model");
  CHECK(refusal<ShapeError, emb::Model<emb::Lstm<1, 16>>>(model) ==
        "[embedded::weights_of] expected a model of 1 layers, got 2: Lstm<1, 16>, Dense<16, 1>");
  CHECK(refusal<ShapeError, emb::Model<emb::Lstm<1, 16>, emb::Dense<16, 1>, emb::Relu<1>>>(model) ==
        "[embedded::weights_of] expected a model of 3 layers, got 2: Lstm<1, 16>, Dense<16, 1>");

  Sequential<float> gru(1);
  gru.add(Gru{.units = 4, .reset = GruReset::before_product}).add(AttentionPooling{.score = PoolingScore::tanh});
  CHECK(
      refusal<ShapeError, emb::Model<emb::Gru<1, 4>, emb::AttentionPooling<4, 9>>>(gru) ==
      "[embedded::weights_of] expected Gru<1, 4> as layer 1, got Gru<1, 4, GruReset::before_product>, the layer gru of "
      "the model");
  CHECK(refusal<ShapeError, emb::Model<emb::Gru<1, 4, emb::GruReset::before_product>, emb::AttentionPooling<4, 9>>>(
            gru) ==
        "[embedded::weights_of] expected AttentionPooling<4, 9> as layer 2, got AttentionPooling<4, 9, "
        "PoolingScore::tanh, "
        "4>, the layer attention_pooling of the model");
}

TEST_CASE("weights of double are rounded once, two biases after they were added") {
  Sequential<double> model(1);
  model.add(Rnn{.units = 1, .bias = RecurrentBias::two, .name = "rnn"});
  const double ulp = std::numeric_limits<float>::epsilon(), b = 1 + 0.4 * ulp, b_h = 0.2 * ulp;
  for (const auto& tensor : model.parameters()) tensor.data[0] = tensor.name == "rnn.b_h" ? b_h : b;
  const auto weights = emb::weights_of<emb::Model<emb::Rnn<1, 1>>>(model);
  CHECK(weights.first.values[0] == static_cast<float>(1 + ulp));  // 1 if b were rounded before
  CHECK(weights.first.values[1] == 1);
}

}  // namespace

// An embedded type of one's own, as a header would hold it.
namespace mine {

using namespace tsattn::embedded;

template <std::size_t F>
struct Scale {
  static constexpr std::size_t kInputs = F, kOutputs = F, kWeightCount = F;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  using Weights = parts::WeightsOf<F>;
  struct State {
    float y[F];
  };
  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("mine::Scale", F);
  }
  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static const float* step(const Weights& weights, State& state, const float* x) noexcept {
    for (std::size_t i = 0; i < F; ++i) state.y[i] = weights.values[i] * x[i];
    return state.y;
  }
};

}  // namespace mine

namespace {

/// The layer that it computes.
struct ScaleLayer {
  using Scalar = float;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return own; }
  const Parameters& parameters() const { return own; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }
  void forward(Inputs<float> inputs, Sequence<float>& y, Cache&) const { y = inputs[0]; }
  void backward(Inputs<float>, const Sequence<float>&, const Sequence<float>&, Cache&, Gradients&,
                InputGradients<float>) const {}
  EmbeddedLayer embed(const EmbedContext& context) const {
    return {.type = embedded_type("mine::Scale", context.features), .outputs = context.features, .weights = factors};
  }

  std::vector<float> factors;
  Parameters own = {};
};

struct Scale {
  static constexpr std::string_view kKind = "scale";
  std::vector<float> factors = {2, 3};
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
  template <class S>
  ScaleLayer build(const BuildContext&) const {
    return {factors};
  }
};

TEST_CASE("types of one's own are loaded as the library's are") {
  Sequential<float> model(2);
  model.add(Scale{}).add(Dense{1});
  using Net = emb::Model<mine::Scale<2>, emb::Dense<2, 1>>;
  const auto weights = emb::weights_of<Net>(model);
  CHECK(weights.first.values[0] == 2);
  CHECK(weights.first.values[1] == 3);
  CHECK(refusal<ShapeError, emb::Model<emb::Dense<2, 2>, emb::Dense<2, 1>>>(model) ==
        "[embedded::weights_of] expected Dense<2, 2> as layer 1, got mine::Scale<2>, the layer scale of the model");
  Sequential<float> too_many(2);
  too_many.add(Scale{.factors = {1, 2, 3}}).add(Dense{1});
  CHECK(
      refusal<ShapeError, Net>(too_many) ==
      "[embedded::weights_of] expected at most 2 weights of the layer scale, a mine::Scale<2>, got 3; its member embed "
      "does not fit its embedded type");
}

}  // namespace
