// What every layer owes by its contract (layers/layer.hpp), for every layer with every option.

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/testing/gradient_check.hpp>

#include "support/build_layer.hpp"
#include "support/descriptions.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::Arguments, test::call_layer, test::for_each_layer_case, test::LayerCall, test::same_bits,
    test::same_tensor_bits;

/// A gradient of the output of `c.layer` for `inputs`.
template <class Case>
Sequence<typename Case::S> random_dy(const Case& c, const std::vector<Sequence<typename Case::S>>& inputs) {
  Random random(2);
  return test::random_sequence<typename Case::S>(test::output_shape(c.layer, inputs), random);
}

template <class L>
bool same_call(const LayerCall<L>& a, const LayerCall<L>& b) {
  bool is_same = same_bits(a.y, b.y) && same_tensor_bits<typename L::Scalar>(a.gradients, b.gradients);
  for (std::size_t i = 0; i < a.d_inputs.size(); ++i) is_same = is_same && same_bits(a.d_inputs[i], b.d_inputs[i]);
  return is_same;
}

TEST_CASE("backward is the gradient of forward: parameters, inputs and initial states") {
  for_each_layer_case<double>([](const auto& c) {
    INFO(c.name);
    const GradientReport report = gradient_check(c.layer, Arguments<double>(c.inputs), {.tolerance = 1e-7});
    INFO(report);
    CHECK(report.passed());
    Index entries = parameter_count(c.layer.parameters());
    for (const Sequence<double>& input : c.inputs) entries += input.size();
    CHECK(report.entries == entries);
  });
}

TEST_CASE_TEMPLATE("the output has the shape that the layer announces", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    typename decltype(c.layer)::Cache cache;
    Sequence<S> y;
    c.layer.forward(Arguments<S>(c.inputs), y, cache);
    CHECK(y.shape() == test::output_shape(c.layer, c.inputs));
  });
}

TEST_CASE_TEMPLATE("infer gives what forward gives", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    typename decltype(c.layer)::Cache cache, other_cache;
    Sequence<S> y, inferred;
    c.layer.forward(Arguments<S>(c.inputs), y, cache);
    infer(c.layer, Arguments<S>(c.inputs), inferred, other_cache);
    CHECK(same_bits(inferred, y));
    infer(c.layer, Arguments<S>(c.inputs), inferred, cache);  // after a forward with the same cache
    CHECK(same_bits(inferred, y));
  });
}

TEST_CASE_TEMPLATE("a batch is its samples one by one", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    const Sequence<S> dy = random_dy(c, c.inputs);
    const auto batch = call_layer(c.layer, c.inputs, dy);
    for (Index b = 0; b < c.inputs[0].batch(); ++b) {
      std::vector<Sequence<S>> inputs;
      for (const Sequence<S>& input : c.inputs) inputs.push_back(test::sample_of(input, b));
      const auto sample = call_layer(c.layer, inputs, test::sample_of(dy, b));
      // No kernel lets a column of a product depend on its neighbours, and all else is sample by sample.
      CHECK(same_bits(sample.y, test::sample_of(batch.y, b)));
      for (std::size_t i = 0; i < inputs.size(); ++i)
        CHECK(same_bits(sample.d_inputs[i], test::sample_of(batch.d_inputs[i], b)));
    }
  });
}

TEST_CASE_TEMPLATE("declining input gradients changes no other gradient", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    const Sequence<S> dy = random_dy(c, c.inputs);
    const std::size_t count = c.inputs.size();
    const auto all = call_layer(c.layer, c.inputs, dy);
    std::vector<std::vector<bool>> wishes{{}, std::vector<bool>(count, false)};
    for (std::size_t i = 0; i < count; ++i) {
      wishes.emplace_back(count, true)[i] = false;
      wishes.emplace_back(count, false)[i] = true;
    }
    for (const std::vector<bool>& wanted : wishes) {
      typename decltype(c.layer)::Cache cache;
      const auto some = call_layer(c.layer, c.inputs, dy, cache, wanted);
      CHECK(same_tensor_bits<S>(some.gradients, all.gradients));
      for (std::size_t i = 0; i < count; ++i)
        CHECK(same_bits(some.d_inputs[i], i < wanted.size() && wanted[i] ? all.d_inputs[i] : Sequence<S>()));
    }
  });
}

TEST_CASE_TEMPLATE("backward adds to the gradients of parameters and assigns those of inputs", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    const Arguments<S> arguments(c.inputs);
    const Sequence<S> dy = random_dy(c, c.inputs);
    auto expected = call_layer(c.layer, c.inputs, dy);

    typename decltype(c.layer)::Cache cache;
    Sequence<S> y;
    auto gradients = expected.gradients;
    Random random(3);
    test::randomize(gradients, random);
    auto before = gradients;
    const auto sums = named_tensors<S>(expected.gradients), start = named_tensors<S>(before);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i].flat() += start[i].flat();

    std::vector<Sequence<S>> d_inputs(c.inputs.size(), Sequence<S>({9, 8, 7}));  // another shape, and nothing to add to
    std::vector<Sequence<S>*> d_pointers;
    for (Sequence<S>& d_input : d_inputs) {
      d_input.fill(std::numeric_limits<S>::quiet_NaN());
      d_pointers.push_back(&d_input);
    }
    c.layer.forward(arguments, y, cache);
    c.layer.backward(arguments, y, dy, cache, gradients, std::span<Sequence<S>* const>(d_pointers));
    for (std::size_t i = 0; i < d_inputs.size(); ++i) CHECK(same_bits(d_inputs[i], expected.d_inputs[i]));
    // The two sums start from other values. At most T B Tk = 24 additions, each rounding by eps / 2 of a partial sum of
    // no more than 24 terms of the size 1.
    CHECK(test::largest_tensor_difference<S>(gradients, expected.gradients) <=
          24 * 24 * std::numeric_limits<S>::epsilon());
  });
}

TEST_CASE_TEMPLATE("a cache that served a larger and a smaller batch gives the bits of a new one", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    typename decltype(c.layer)::Cache cache;
    for (const Index batch : {3, 5, 1, 2, 5}) {
      CAPTURE(batch);
      const auto inputs = c.inputs_of_batch(batch, 4);
      const Sequence<S> dy = random_dy(c, inputs);
      const std::vector<bool> wanted(inputs.size(), true);
      CHECK(same_call(call_layer(c.layer, inputs, dy, cache, wanted), call_layer(c.layer, inputs, dy)));
    }
  });
}

TEST_CASE_TEMPLATE("an empty batch gives an empty output and no gradient", S, float, double) {
  for_each_layer_case<S>([](const auto& c) {
    INFO(c.name);
    const auto inputs = c.inputs_of_batch(0, 5);
    const auto call = call_layer(c.layer, inputs, random_dy(c, inputs));
    CHECK(call.y.batch() == 0);
    auto gradients = call.gradients;
    for (const NamedTensor<S>& gradient : named_tensors<S>(gradients)) CHECK(gradient.flat().isZero(0));
  });
}

TEST_CASE("a copy of a layer has weights of its own") {
  for_each_layer_case<double>([](const auto& c) {
    INFO(c.name);
    const Arguments<double> arguments(c.inputs);
    typename decltype(c.layer)::Cache cache;
    Sequence<double> before, after, of_copy;
    c.layer.forward(arguments, before, cache);
    auto copy = c.layer;
    copy.forward(arguments, of_copy, cache);
    CHECK(same_bits(of_copy, before));
    Random random(6);
    test::randomize(copy.parameters(), random);
    c.layer.forward(arguments, after, cache);
    CHECK(same_bits(after, before));
    copy.forward(arguments, of_copy, cache);
    CHECK(same_bits(of_copy, before) == (parameter_count(c.layer.parameters()) == 0));
  });
}

TEST_CASE("whatever is wrong when a layer is built, the error begins with its place") {
  test::for_each_description([](const auto& description, const std::vector<SequenceShape>& shapes) {
    const auto error_on = [&](const std::vector<SampleShape>& inputs) -> std::string {
      try {
        test::build_layer<double>(description, inputs);
      } catch (const Error& error) {
        return error.what();
      }
      return "[a layer] takes it";
    };
    std::vector<SampleShape> samples;
    for (const SequenceShape& shape : shapes) samples.push_back(shape.sample());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      auto empty = samples;
      empty[i].features = 0;
      CHECK_MESSAGE(error_on(empty).starts_with("[a layer] "), error_on(empty));
    }
    CHECK(error_on({}).starts_with("[a layer] expected "));
    samples.insert(samples.end(), 9, {1, 1});
    CHECK(error_on(samples).starts_with("[a layer] "));
  });
}

TEST_CASE("a gradient of the wrong shape is refused") {
  for_each_layer_case<double>([](const auto& c) {
    INFO(c.name);
    auto call = call_layer(c.layer, c.inputs, random_dy(c, c.inputs));
    typename decltype(c.layer)::Cache cache;
    SequenceShape shape = call.y.shape();
    ++shape.features;
    const Sequence<double> dy(shape);
    c.layer.forward(Arguments<double>(c.inputs), call.y, cache);
    CHECK_THROWS_AS(c.layer.backward(Arguments<double>(c.inputs), call.y, dy, cache, call.gradients, {}), ShapeError);
  });
}

}  // namespace
