#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/lstm.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace held_layer_test {
namespace {

using namespace tsattn;

/// A user's layer y = 2 x with no ability beside forward and backward.
struct Doubling {
  using Scalar = double;
  using Parameters = NoParameters;
  struct Cache {};

  Parameters none;
  Parameters& parameters() { return none; }
  const Parameters& parameters() const { return none; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }
  void forward(Inputs<double> inputs, Sequence<double>& y, Cache&) const {
    y = inputs[0];
    y.flat() *= 2;
  }
  void backward(Inputs<double>, const Sequence<double>&, const Sequence<double>& dy, Cache&, Parameters&,
                InputGradients<double> d_inputs) const {
    if (Sequence<double>* dx = d_inputs[0]) {
      *dx = dy;
      dx->flat() *= 2;
    }
  }
};

TEST_CASE("a held layer without abilities runs, and says which ability it lacks") {
  const HeldLayer<Doubling> held{Doubling{}};
  const std::unique_ptr<LayerRun<double>> run = held.make_run();
  Random random(1);
  const auto x = test::random_sequence<double>({2, 3, 4}, random);
  Sequence<double> y, inferred, dx;
  held.forward({&x}, y, *run);
  held.infer({&x}, inferred, *run);
  held.backward({&x}, y, x, *run, {&dx}, {});
  CHECK(y(1, 2, 3) == 2 * x(1, 2, 3));
  CHECK(test::same_bits(inferred, y));
  CHECK(test::same_bits(dx, y));
  CHECK(held.parameter_count() == 0);
  CHECK(held.further_values().empty());
  CHECK(run->attention_weights() == nullptr);
  CHECK_THROWS_WITH_AS(held.stream({.where = "twice, layer 1", .inputs = {}}),
                       "[twice, layer 1] expected a layer that can run step by step, got one without a member stream "
                       "(layers/stream_layer.hpp)",
                       ConfigError);
}

TEST_CASE("a held layer with further values hands them out and takes their gradients") {
  LstmLayer<double> layer(LstmCell<double>(2, 3), Returns::last_step);
  Random random(2);
  test::randomize(layer.parameters(), random);
  const HeldLayer<LstmLayer<double>> held(layer);
  REQUIRE(held.further_values().size() == 2);
  CHECK(held.further_values()[1] == "c");
  CHECK(held.further_shape(1, {}) == SampleShape{1, 3});
  const std::unique_ptr<LayerRun<double>> run = held.make_run();
  const auto x = test::random_sequence<double>({4, 5, 2}, random),
             dy = test::random_sequence<double>({1, 5, 3}, random);
  const Sequence<double> zeros({1, 5, 3});
  Sequence<double> y, h, through_y, through_h;
  held.forward({&x}, y, *run);
  held.further_value(0, *run, h);
  CHECK(test::same_bits(h, y));  // of the last step
  held.backward({&x}, y, dy, *run, {&through_y}, {});
  held.backward({&x}, y, zeros, *run, {&through_h}, {&dy, nullptr});
  CHECK(test::same_bits(through_h, through_y));
}

}  // namespace
}  // namespace held_layer_test
