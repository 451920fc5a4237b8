#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace {

using namespace tsattn;

/// Reads buffers of the sizes that are given by name, each filled with its size, and one number of tensors.
class SizesReader final : public StateVisitor {
 public:
  Index tensors = 0;
  std::map<std::string, Index> sizes;
  std::vector<std::string> names;

 private:
  void on_integer(const std::string& name, Index& value) override { names.push_back(name), value = tensors; }
  void on_bits(const std::string&, std::uint64_t&) override { FAIL("no bits are visited"); }
  void on_number(const std::string&, double&) override { FAIL("no number is visited"); }
  void on_text(const std::string&, std::string&) override { FAIL("no text is visited"); }
  void on_floats(const std::string&, AlignedBuffer<float>&) override { FAIL("no floats are visited"); }
  void on_doubles(const std::string& name, AlignedBuffer<double>& values) override {
    names.push_back(name);
    values.resize(sizes.at(name));
    std::fill_n(values.data(), values.size(), static_cast<double>(values.size()));
  }
  void on_integers(const std::string&, std::vector<Index>&) override { FAIL("no integers are visited"); }
};

struct Tensors {
  Matrix<double> w{2, 3};
  Vector<double> b{4};
  std::vector<NamedTensor<double>> list() { return {named_tensor("w", w), named_tensor("b", b)}; }
};

TEST_CASE("the first step finds zeros for every weight, the later ones what was left there") {
  Tensors tensors;
  TensorBuffers<double> buffers("Adam", "m");
  buffers.prepare(tensors.list());
  for (Index i = 0; i < 6; ++i) CHECK(buffers[0][i] == 0);
  for (Index i = 0; i < 4; ++i) CHECK(buffers[1][i] == 0);
  buffers[1][3] = 5;
  buffers.prepare(tensors.list());
  CHECK(buffers[1][3] == 5);
}

TEST_CASE("the state is visited by the name of the buffers, and can be read before the first step") {
  Tensors tensors;
  TensorBuffers<double> buffers("Adam", "m");
  SizesReader reader;
  reader.tensors = 2, reader.sizes = {{"m.0", 6}, {"m.1", 4}};
  buffers.visit_state(reader);
  CHECK(reader.names == std::vector<std::string>{"m.tensors", "m.0", "m.1"});
  buffers.prepare(tensors.list());
  CHECK(buffers[0][5] == 6);
  CHECK(buffers[1][0] == 4);
}

TEST_CASE("a state of another model is refused, with what differs") {
  Tensors tensors;
  TensorBuffers<double> fewer("Adam", "m"), other("Adam", "m"), damaged("Adam", "m");
  SizesReader reader;
  reader.tensors = 1, reader.sizes = {{"m.0", 6}, {"m.1", 5}};
  fewer.visit_state(reader);
  CHECK_THROWS_WITH_AS(fewer.prepare(tensors.list()),
                       "[Adam] expected a state of 2 tensors, got one of 1; it belongs to another model", ShapeError);
  reader.tensors = 2;
  other.visit_state(reader);
  CHECK_THROWS_WITH_AS(other.prepare(tensors.list()),
                       "[Adam] expected a state with 4 numbers for b, got one with 5; it belongs to another model",
                       ShapeError);
  reader.tensors = -1;
  CHECK_THROWS_WITH_AS(damaged.visit_state(reader), "[Adam] expected m.tensors of at least 0 in the state, got -1",
                       DataError);
}

TEST_CASE("a state of fewer tensors replaces one of more") {
  Tensors tensors;
  TensorBuffers<double> buffers("Adam", "m");
  buffers.prepare(tensors.list());
  SizesReader reader;
  reader.tensors = 1, reader.sizes = {{"m.0", 6}};
  buffers.visit_state(reader);
  CHECK_NOTHROW(buffers.prepare(std::vector{tensors.list()[0]}));
  CHECK(buffers[0][0] == 6);
}

}  // namespace
