#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/named_tensors.hpp>

namespace {

using namespace tsattn;

struct Weights {
  Matrix<double> w{2, 3};
  Vector<double> b{2};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("w", self.w), visitor("b", self.b);
  }
};

TEST_CASE("the tensors of a layer come in its order, with names and shapes") {
  Weights weights;
  weights.w(1, 2) = 5;
  const auto tensors = named_tensors<double>(weights);
  REQUIRE(tensors.size() == 2);
  CHECK(tensors[0].name == "w");
  CHECK(tensors[0].rows == 2);
  CHECK(tensors[0].cols == 3);
  CHECK(tensors[0].size() == 6);
  CHECK(!tensors[0].is_vector);
  CHECK(tensors[0].map()(1, 2) == 5);
  CHECK(tensors[0].flat()(5) == 5);
  CHECK(tensors[1].name == "b");
  CHECK(tensors[1].rows == 2);
  CHECK(tensors[1].cols == 1);
  CHECK(tensors[1].is_vector);
}

TEST_CASE("a named tensor is a view: writing through it changes the layer") {
  Weights weights;
  const auto tensors = named_tensors<double>(weights);
  tensors[0].map()(0, 1) = 3;
  tensors[1].flat()(1) = 4;
  CHECK(weights.w(0, 1) == 3);
  CHECK(weights.b(1) == 4);
}

TEST_CASE("tensors are appended with a prefix") {
  Weights first, second;
  std::vector<NamedTensor<double>> list;
  append_named_tensors(first, "dense.", list);
  append_named_tensors(second, "dense_2.", list);
  REQUIRE(list.size() == 4);
  CHECK(list[0].name == "dense.w");
  CHECK(list[3].name == "dense_2.b");
  CHECK(list[2].data == second.w.data());
}

TEST_CASE("counting and zeroing reach every tensor") {
  Weights weights;
  weights.w.fill(1), weights.b.fill(2);
  CHECK(parameter_count(std::as_const(weights)) == 8);
  set_zero(weights);
  CHECK(weights.w.map().isZero(0));
  CHECK(weights.b.map().isZero(0));
}

TEST_CASE("a layer without weights has an empty list") {
  NoParameters none;
  CHECK(named_tensors<float>(none).empty());
  CHECK(parameter_count(none) == 0);
  set_zero(none);
}

}  // namespace
