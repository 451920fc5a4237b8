// Names, shapes and which arrays there are; where their numbers go is proven by tests/exchange/, against PyTorch's and
// Keras' own.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>

namespace {

using namespace tsattn;

/// Of a GRU with 2 units and 3 features.
std::vector<ForeignTensor> tensors_of(bool has_b_h, bool has_b_hn) {
  std::vector<ForeignTensor> tensors{
      {"w_x", Matrix<float>(6, 3)}, {"w_h", Matrix<float>(6, 2)}, {"b", Vector<float>(6)}};
  if (has_b_h) tensors.emplace_back("b_h", Vector<float>(4));
  if (has_b_hn) tensors.emplace_back("b_hn", Vector<float>(2));
  return tensors;
}

constexpr Index kGates[] = {1, 0, 2};

std::vector<ForeignForm> forms(ForeignLibrary library, const std::vector<ForeignTensor>& tensors,
                               bool is_written = false) {
  return recurrent_foreign_arrays({library, is_written, "there", "memory", "gru"}, tensors, {kGates, "likely fix"});
}

std::map<std::string, std::vector<Index>> shapes_of(const ForeignForm& form) {
  std::map<std::string, std::vector<Index>> shapes;
  for (const ForeignArray& array : form.arrays) shapes[array.name] = array.shape;
  return shapes;
}

TEST_CASE("PyTorch has two biases, of which both may be left out") {
  const std::vector<ForeignForm> found = forms(ForeignLibrary::pytorch, tensors_of(false, true));
  REQUIRE(found.size() == 1);
  CHECK(shapes_of(found[0]) ==
        std::map<std::string, std::vector<Index>>{
            {"weight_ih_l#", {6, 3}}, {"weight_hh_l#", {6, 2}}, {"bias_ih_l#", {6}}, {"bias_hh_l#", {6}}});
  CHECK(found[0].arrays[2].left_out_with == found[0].arrays[3].left_out_with);
  CHECK(found[0].arrays[0].left_out_with.empty());
  CHECK(found[0].arrays[3].links[0].is_addend);  // the second bias of the gates r and z
  CHECK(!forms(ForeignLibrary::pytorch, tensors_of(true, true))[0].arrays[3].links[0].is_addend);
}

TEST_CASE("Keras has gates in another order, and two rows of biases with b_hn") {
  const ForeignForm form = forms(ForeignLibrary::keras, tensors_of(false, true))[0];
  CHECK(shapes_of(form) ==
        std::map<std::string, std::vector<Index>>{{"kernel", {3, 6}}, {"recurrent_kernel", {2, 6}}, {"bias", {2, 6}}});
  CHECK(form.arrays[0].links[0].here.offset == 0);   // r, our first block,
  CHECK(form.arrays[0].links[0].there.offset == 2);  // is the second
  CHECK(form.arrays[2].likely_fix == "likely fix");
  CHECK(shapes_of(forms(ForeignLibrary::keras, tensors_of(false, false))[0]).at("bias") == std::vector<Index>{6});
  CHECK_THROWS_WITH_AS(forms(ForeignLibrary::keras, tensors_of(true, false), true),
                       "[there] expected the layer memory with one bias, as Keras has it, got RecurrentBias::two; only "
                       "its GRU with reset_after has two",
                       ConfigError);
}

TEST_CASE("two directions have arrays, tensors and what may be left out of their own") {
  for (const ForeignLibrary library : {ForeignLibrary::pytorch, ForeignLibrary::keras}) {
    const bool is_keras = library == ForeignLibrary::keras;
    const std::vector<ForeignForm> one = forms(library, tensors_of(false, true));
    const ForeignForm both = bidirectional_foreign_arrays({library, false, "there", "memory", "gru"}, one, one)[0];
    const std::size_t count = one[0].arrays.size();
    REQUIRE(both.arrays.size() == 2 * count);
    CHECK(both.arrays[0].name == (is_keras ? "forward/kernel" : "weight_ih_l#"));
    CHECK(both.arrays[count].name == (is_keras ? "backward/kernel" : "weight_ih_l#_reverse"));
    CHECK(both.arrays[0].links[0].tensor == "forward.w_x");
    CHECK(both.arrays[count].links[0].tensor == "backward.w_x");
    CHECK(both.arrays[2].left_out_with != both.arrays[count + 2].left_out_with);
    CHECK(both.found_by.size() == (is_keras ? 2 : 1));
  }
}

}  // namespace
