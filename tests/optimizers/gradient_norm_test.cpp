#include <vector>

#include <doctest/doctest.h>

#include <tsattn/optimizers/gradient_norm.hpp>

using namespace tsattn;

TEST_CASE("global_norm: of all tensors taken as one vector") {
  Matrix<float> a(1, 2);
  Vector<float> b(1);
  a(0, 0) = 2, a(0, 1) = 3, b(0) = -6;
  const std::vector<NamedTensor<float>> tensors{named_tensor("a", a), named_tensor("b", b)};
  CHECK(global_norm(std::span<const NamedTensor<float>>(tensors)) == doctest::Approx(7));
  CHECK(global_norm(std::span<const NamedTensor<float>>()) == 0);
}

TEST_CASE("global_norm: squares of floats do not overflow") {
  Vector<float> a(1);
  a(0) = 1e30F;
  const std::vector<NamedTensor<float>> tensors{named_tensor("a", a)};
  CHECK(global_norm(std::span<const NamedTensor<float>>(tensors)) == doctest::Approx(1e30).epsilon(1e-7));
}

TEST_CASE("clipping_scale: brings a norm down to the limit, and leaves smaller ones") {
  CHECK(clipping_scale(8, 2) == 0.25);
  CHECK(clipping_scale(2, 2) == 1);
  CHECK(clipping_scale(1, 2) == 1);
  CHECK(clipping_scale(1e9, 0) == 1);  // no limit
}
