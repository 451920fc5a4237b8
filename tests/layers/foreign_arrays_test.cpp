#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/layers/foreign_arrays.hpp>

namespace {

using namespace tsattn;

/// For every number of a link, its place in the tensor and in the array.
std::vector<std::pair<Index, Index>> places_of(const ForeignLink& link) {
  std::vector<std::pair<Index, Index>> places;
  for (Index r = 0; r < link.rows; ++r)
    for (Index c = 0; c < link.cols; ++c) places.emplace_back(link.here.at(r, c), link.there.at(r, c));
  return places;
}

using Places = std::vector<std::pair<Index, Index>>;

TEST_CASE("arrays are in C order, tensors in column-major order") {
  const ForeignTensor w("w", Matrix<float>(2, 3)), b("b", Vector<float>(4));
  const ForeignArray whole = ForeignArray::whole("weight", w);
  CHECK(whole.shape == std::vector<Index>{2, 3});
  CHECK(whole.links[0].tensor == "w");
  CHECK(places_of(whole.links[0]) == Places{{0, 0}, {2, 1}, {4, 2}, {1, 3}, {3, 4}, {5, 5}});
  const ForeignArray transposed = ForeignArray::transposed("kernel", w);
  CHECK(transposed.shape == std::vector<Index>{3, 2});
  CHECK(places_of(transposed.links[0]) == Places{{0, 0}, {2, 2}, {4, 4}, {1, 1}, {3, 3}, {5, 5}});
  CHECK(ForeignArray::whole("bias", b).shape == std::vector<Index>{4});
  CHECK(places_of(ForeignArray::reshaped("bias", b, {1, 4}).links[0]) == Places{{0, 0}, {1, 1}, {2, 2}, {3, 3}});
}

TEST_CASE("parts of tensors") {
  const ForeignTensor w("w", Matrix<float>(2, 2)), b("b", Vector<float>(4));
  CHECK(places_of(ForeignLink::entries(b, 1, 2, 5)) == Places{{1, 5}, {2, 6}});
  CHECK(places_of(ForeignLink::diagonal(w)) == Places{{0, 0}, {3, 0}});
  CHECK(!ForeignLink::whole(b).is_addend);
  CHECK(ForeignLink::whole(b).added().is_addend);
  CHECK(ForeignArray::whole("bias", b).left_out_with.empty());
  CHECK(ForeignArray::whole("bias", b).optional().left_out_with == "bias");
}

struct Parameters {
  Matrix<double> w{2, 3};
  Vector<double> b{2};
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("w", self.w), visitor("b", self.b);
  }
};

TEST_CASE("the tensors of a layer with their names and sizes") {
  const std::vector<ForeignTensor> tensors = foreign_tensors(Parameters());
  REQUIRE(tensors.size() == 2);
  CHECK((tensors[0].name == "w" && tensors[0].rows == 2 && tensors[0].cols == 3 && !tensors[0].is_vector));
  CHECK((tensors[1].name == "b" && tensors[1].rows == 2 && tensors[1].cols == 1 && tensors[1].is_vector));
}

TEST_CASE("libraries have names for messages") {
  CHECK(library_name(ForeignLibrary::pytorch) == "PyTorch");
  CHECK(library_name(ForeignLibrary::keras) == "Keras");
}

}  // namespace
