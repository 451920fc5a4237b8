// After the first batch of a shape nothing is allocated, in training and in inference.

#include <new>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "support/allocation_count.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"

namespace {

using namespace tsattn;

TEST_CASE("allocations are counted" * doctest::skip(!test::kCountsAllocations)) {
  // By direct calls: a compiler may leave out a new-expression, and so a vector that nobody reads.
  const long before = test::allocation_count;
  ::operator delete(::operator new(8));
  const Sequence<double> x({1, 1, 1});
  CHECK(test::allocation_count == before + 2);
}

TEST_CASE("a layer allocates nothing for a shape that it has seen, nor for a smaller batch" *
          doctest::skip(!test::kCountsAllocations)) {
  test::for_each_layer_case<float>([](const auto& c) {
    INFO(c.name);
    const auto smaller_inputs = c.inputs_of_batch(1, 2);
    const test::Arguments<float> arguments(c.inputs), smaller(smaller_inputs);
    typename decltype(c.layer)::Cache training, inference;
    auto gradients = c.layer.parameters();
    Sequence<float> y, inferred;
    std::vector<Sequence<float>> d_inputs(c.inputs.size());
    std::vector<Sequence<float>*> d_pointers;
    for (Sequence<float>& d_input : d_inputs) d_pointers.push_back(&d_input);
    const auto run = [&](Inputs<float> inputs) {
      c.layer.forward(inputs, y, training);
      c.layer.backward(inputs, y, y, training, gradients, std::span<Sequence<float>* const>(d_pointers));
      infer(c.layer, inputs, inferred, inference);
    };
    run(arguments);
    const long before = test::allocation_count;
    run(arguments);
    CHECK(test::allocation_count == before);
    run(smaller);
    CHECK(test::allocation_count == before);
    run(arguments);
    CHECK(test::allocation_count == before);
  });
}

TEST_CASE("the tensors of a layer are visited without an allocation, whatever makes their names" *
          doctest::skip(!test::kCountsAllocations)) {
  test::for_each_layer_case<float>([](const auto& c) {
    INFO(c.name);
    auto gradients = c.layer.parameters();
    const long before = test::allocation_count;
    set_zero(gradients);
    CHECK(test::allocation_count == before);
  });
}

template <class L>
void check_allocates_nothing(const L& layer) {
  const Sequence<float> x({3, 4, 5}), smaller({3, 1, 5});
  typename L::Cache cache;
  auto gradients = layer.parameters();
  Sequence<float> y, dx;
  const auto run = [&](const Sequence<float>& input) {
    cache.seed(1);
    layer.forward({&input}, y, cache);
    layer.backward({&input}, y, y, cache, gradients, {&dx});
  };
  run(x);
  const long before = test::allocation_count;
  run(x), run(smaller), run(x);
  CHECK(test::allocation_count == before);
}

TEST_CASE("dropout that draws allocates nothing for a shape that it has seen, nor for a smaller batch" *
          doctest::skip(!test::kCountsAllocations)) {
  check_allocates_nothing(DropoutLayer<float>(0.3));
  check_allocates_nothing(GruLayer<float>(GruCell<float>(5, 7), Returns::all_steps, 0.3));
  check_allocates_nothing(LstmLayer<float>(LstmCell<float>(5, 7), Returns::last_step, 0.3));
}

}  // namespace
