// What the exchange asks of a layer's foreign_arrays: a mistake there must neither leave a weight behind nor reach
// beyond a tensor. What right ones do is in pytorch_test and keras_test.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/exchange/pytorch.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/gain_layer.hpp"
#include "support/named_arrays.hpp"

namespace {

using namespace tsattn;

std::function<std::vector<ForeignForm>(const ForeignTensor&)> forms_of;  // of the layer in the test that runs

class WrongLayer : public test::GainLayer<double> {
 public:
  using GainLayer<double>::GainLayer;
  std::vector<ForeignForm> foreign_arrays(const ForeignContext&) const { return forms_of({"g", parameters().g}); }
};

struct Wrong {
  static constexpr std::string_view kKind = "wrong";
  std::string name = {};
  template <class S>
  WrongLayer build(const BuildContext& context) const {
    return WrongLayer(context.inputs[0].features, 0);
  }
};

/// The error of both directions for a layer of three weights with that array.
std::string error_of(const std::function<ForeignArray(const ForeignTensor&)>& array) {
  forms_of = [&](const ForeignTensor& g) { return std::vector<ForeignForm>{{{array(g)}}}; };
  Sequential<double> model(3);
  model.add(Wrong{});
  std::string text;
  try {
    to_pytorch(model);
  } catch (const ConfigError& error) {
    text = without_place(error);
  }
  const std::string reading = "[from_pytorch] " + text;
  if (!text.empty())
    CHECK_THROWS_WITH_AS(from_pytorch({{"wrong.weight", test::counting({3})}}, model), reading.c_str(), ConfigError);
  return text;
}

TEST_CASE("every weight is led to, and nothing beyond a tensor or an array") {
  CHECK(error_of([](const ForeignTensor& g) { return ForeignArray::whole("weight", g); }) == "");
  CHECK(error_of([](const ForeignTensor& g) {
          return ForeignArray{"weight", {3}, {ForeignLink::entries(g, 0, 2, 0)}};
        }) == "expected foreign_arrays that lead to every weight of the layer, got none to all of wrong.g");
  const std::string beyond =
      "expected foreign_arrays whose links lie within their tensors and arrays, got one of wrong.g that does not, to "
      "wrong.weight";
  for (const auto& [first, count, offset] : {std::tuple{1, 3, 0}, {0, 3, 1}, {-1, 3, 0}, {0, 3, -1}})
    CHECK(error_of([&, first = first, count = count, offset = offset](const ForeignTensor& g) {
            return ForeignArray{"weight", {3}, {ForeignLink::entries(g, first, count, offset)}};
          }) == beyond);
  CHECK(error_of([](const ForeignTensor& g) {
          ForeignTensor other = g;
          other.name = "gain";
          return ForeignArray::whole("weight", other);
        }) == "expected foreign_arrays that name tensors of the layer, got wrong.gain");
}

TEST_CASE("a layer that gives no form has no counterpart") {
  forms_of = [](const ForeignTensor&) { return std::vector<ForeignForm>(); };
  Sequential<double> model(3);
  model.add(Wrong{});
  CHECK_THROWS_WITH_AS(to_pytorch(model),
                       "[to_pytorch] expected layers with a counterpart in PyTorch, got wrong of the kind wrong",
                       ConfigError);
}

TEST_CASE("of several forms the one is read that is there, and the first is written") {
  forms_of = [](const ForeignTensor& g) {
    ForeignForm constant{{}, {{ForeignLink::whole(g), 7.0}}};
    return std::vector<ForeignForm>{{{ForeignArray::whole("weight", g)}},
                                    {{ForeignArray::reshaped("scale", g, {1, 3}), ForeignArray{"shift", {1}, {}}}},
                                    constant};
  };
  Sequential<double> model(3);
  model.add(Wrong{});
  from_pytorch({{"wrong.scale", test::counting({1, 3})}, {"wrong.shift", test::counting({1})}}, model);
  CHECK(test::rows_of(model, "wrong.g") == std::vector<double>{1, 2, 3});
  CHECK(test::shapes_of(to_pytorch(model)) == std::map<std::string, std::vector<Index>>{{"wrong.weight", {3}}});
  CHECK_THROWS_WITH_AS(from_pytorch({}, model),
                       doctest::Contains("expected arrays that fit the model, got 1 difference\n  missing wrong.weight "
                                         "(3,)"),
                       ShapeError);
}

TEST_CASE("arrays that may be left out go together, and leave zeros") {
  forms_of = [](const ForeignTensor& g) {
    ForeignArray first{"first", {1}, {ForeignLink::entries(g, 0, 1, 0)}, "both"},
        rest{"rest", {2}, {ForeignLink::entries(g, 1, 2, 0)}, "both"};
    return std::vector<ForeignForm>{{{first, rest}}};
  };
  Sequential<double> model(3);
  model.add(Wrong{});
  from_pytorch({{"wrong.first", test::counting({1})}, {"wrong.rest", test::counting({2})}}, model);
  CHECK(test::rows_of(model, "wrong.g") == std::vector<double>{1, 1, 2});
  CHECK_THROWS_WITH_AS(from_pytorch({{"wrong.first", test::counting({1})}}, model),
                       doctest::Contains("missing wrong.rest (2,)"), ShapeError);
  from_pytorch({}, model);
  CHECK(test::rows_of(model, "wrong.g") == std::vector<double>{0, 0, 0});
}

}  // namespace
