#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>

namespace {

using namespace tsattn;

template <class S>
Affine<S> of(InstanceNormalization how, const std::vector<S>& values) {
  return instance_normalization<S>(how, static_cast<Index>(values.size()),
                                   [&](Index t) { return values[static_cast<std::size_t>(t)]; });
}

TEST_CASE_TEMPLATE("none, the last value, or mean and standard deviation of the window", S, float, double) {
  const std::vector<S> values{1, 5, 3, 7};
  CHECK(of(InstanceNormalization::none, values).shift == 0);
  CHECK(of(InstanceNormalization::none, values).scale == 1);
  CHECK(of(InstanceNormalization::last_value, values).shift == 7);
  CHECK(of(InstanceNormalization::last_value, values).scale == 1);
  const Affine<S> standard = of(InstanceNormalization::standard, values);
  CHECK(standard.shift == 4);
  CHECK(standard.scale == static_cast<S>(std::sqrt(5 + 1e-5)));
}

TEST_CASE("a window without change has a scale above 0, and one far from 0 loses no digits") {
  CHECK(of<double>(InstanceNormalization::standard, {3, 3, 3}).scale == std::sqrt(1e-5));
  const Affine<double> far = of<double>(InstanceNormalization::standard, {1e9 - 1, 1e9 + 1});
  CHECK(far.shift == 1e9);
  CHECK(far.scale == std::sqrt(1 + 1e-5));
}

TEST_CASE("nothing is asked of a window that stays as it is") {
  const auto none = instance_normalization<float>(InstanceNormalization::none, 5, [](Index) -> float { throw 1; });
  CHECK(none.scale == 1);
}

}  // namespace
