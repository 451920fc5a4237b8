#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/persistence/layer_registry.hpp>

#include "support/difference.hpp"
#include "support/gain_layer.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;
using Registry = LayerRegistry<float>;

/// What building a layer on an input of 3 features throws; "" if nothing.
std::string error_of(const Registry& registry, Registry::Request request) {
  Graph<float> graph;
  request.where = "there";
  request.inputs = {graph.input({.features = 3})};
  try {
    registry.build(graph, request);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a layer is built by its kind, with its options, name and initialisation") {
  Graph<float> graph(/*seed=*/4), expected(/*seed=*/4);
  const NodeId x = graph.input({.features = 3});
  const NodeId built =
      Registry::standard().build(graph, {.where = "there",
                                         .kind = "bidirectional_lstm",
                                         .name = "both",
                                         .options = {{"units", Index{2}}, {"returns", std::string("last_step")}},
                                         .initialization = Initialization::pytorch,
                                         .inputs = {x}});
  CHECK(graph.node(built).name == "both");
  expected.add(
      Bidirectional{Lstm{.units = 2, .returns = Returns::last_step, .initialization = Initialization::pytorch}, "both"},
      {expected.input({.features = 3})});
  CHECK(same_bits(graph.parameters(), expected.parameters()));
}

TEST_CASE("kinds that are not in a registry are named beside those that are") {
  CHECK(error_of(Registry().add<Gain>().add<Dense>(), {.kind = "lstm"}) ==
        "[there] expected one of the kinds dense, gain, got \"lstm\"; a layer of your own joins by LayerRegistry::add");
}

TEST_CASE("options that a layer does not have are refused") {
  Registry registry;
  registry.add<Gain>();
  CHECK(error_of(registry, {.kind = "gain", .options = {{"shift", 2.0}}}) == "");
  CHECK(error_of(registry, {.kind = "gain", .options = {{"units", Index{2}}}}) ==
        "[there] expected one of the options shift, got \"units\"");
}

/// Another layer of a kind that is taken.
struct OtherDense : Gain {
  static constexpr std::string_view kKind = "dense";
};

TEST_CASE("a layer of the same kind takes the place of the one before, in this registry alone") {
  Registry registry = Registry::standard();
  registry.add<OtherDense>();
  CHECK(error_of(registry, {.kind = "dense", .options = {{"shift", 1.0}}}) == "");
  CHECK(error_of(Registry::standard(), {.kind = "dense", .options = {{"shift", 1.0}}}) ==
        "[there] expected one of the options units, bias, got \"shift\"");
}

TEST_CASE("the weights before count too") {
  Registry registry;
  registry.add<Gain>().add<Silent>();
  CHECK(error_of(registry, {.kind = "gain", .most_weights = 10, .weights_before = 7}) == "");
  CHECK(error_of(registry, {.kind = "gain", .most_weights = 10, .weights_before = 8}) ==
        "[there] expected layers with at most 10 weights together, got 11 so far");
  CHECK(error_of(registry, {.kind = "silent"}) == "");
  CHECK(error_of(registry, {.kind = "silent", .most_weights = 10}) ==
        "[there] expected a layer whose number of weights is known before it is built, got the kind silent, whose "
        "description has no member weight_count (layers/weight_count.hpp)");
}

}  // namespace
