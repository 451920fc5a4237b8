#pragma once

#include <vector>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>

namespace tsattn::test {

/// A parameter p [n] and its gradient g, both 0: what an optimizer needs to make a step.
struct OneTensor {
  Vector<double> p, g;
  explicit OneTensor(Index size) : p(size), g(size) {}
  std::vector<NamedTensor<double>> parameters() { return {named_tensor("p", p)}; }
  std::vector<NamedTensor<double>> gradients() { return {named_tensor("p", g)}; }
};

}  // namespace tsattn::test
