#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>

#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;

TEST_CASE("the steps of a sample lie a step of the whole batch apart") {
  // Value (t, b, f) is 100 t + 10 b + f.
  auto x = test::sequence_of({2, 3, 2}, {0., 1., 10., 11., 20., 21., 100., 101., 110., 111., 120., 121.});
  const SampleSteps<double> steps(x, 1);
  CHECK(steps.count == 2);
  CHECK(steps.size == 2);
  CHECK(steps.stride == 6);
  CHECK(steps[0][0] == 10);
  CHECK(steps[1][1] == 111);
  steps[1][0] = 7;
  CHECK(x(1, 1, 0) == 7);
  const Sequence<double>& fixed = x;
  CHECK(SampleSteps<const double>(fixed, 2)[1][1] == 121);
}

TEST_CASE("a matrix has a column for each step") {
  Matrix<float> x(2, 3);
  x(1, 2) = 5;
  const SampleSteps<float> steps(x);
  CHECK(steps.count == 3);
  CHECK(steps.size == 2);
  CHECK(steps[2][1] == 5);
}

TEST_CASE("what is declined has no place") {
  Sequence<float> x({2, 3, 4});
  CHECK(SampleSteps<float>(&x, 2).data == x.data() + 8);
  CHECK(SampleSteps<float>(static_cast<Sequence<float>*>(nullptr), 2).data == nullptr);
  CHECK(SampleSteps<float>().data == nullptr);
}

}  // namespace
