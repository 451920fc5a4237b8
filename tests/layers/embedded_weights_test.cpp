#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/embedded_weights.hpp>

namespace {

using namespace tsattn;

/// [rows, cols] with the elements 10 row + column + `first`.
Matrix<float> numbered(Index rows, Index cols, float first) {
  Matrix<float> m(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) m(r, c) = first + static_cast<float>(10 * r + c);
  return m;
}

TEST_CASE("a panel: starts, then the columns of W_x and of W_h, gate after gate") {
  const std::vector<float> starts{1, 2, 3, 4};  // two gates of two units
  std::vector<float> out{-1};
  append_embedded_panels(2, starts, numbered(4, 1, 100), numbered(4, 2, 200), 0, 2, out);
  CHECK(out == std::vector<float>{-1, 1, 2, 3, 4, 100, 110, 120, 130, 200, 210, 220, 230, 201, 211, 221, 231});
  out.clear();
  append_embedded_panels(2, std::vector<float>{7, 8}, numbered(4, 1, 100), numbered(4, 1, 200), 1, 1, out);
  CHECK(out == std::vector<float>{7, 8, 120, 130, 220, 230});  // the second gate alone
}

TEST_CASE("more units than a panel has: one panel after the other") {
  constexpr auto kPanel = static_cast<Index>(embedded::kPanelUnits);
  const std::vector<float> starts(static_cast<std::size_t>(kPanel + 1), 0.5F);
  std::vector<float> out;
  append_embedded_panels(kPanel + 1, starts, numbered(kPanel + 1, 1, 0), {}, 0, 1, out);
  REQUIRE(out.size() == 2 * starts.size());
  CHECK(out[static_cast<std::size_t>(kPanel)] == 0);         // the first panel's column
  CHECK(out[static_cast<std::size_t>(2 * kPanel)] == 0.5F);  // the second panel's start
  CHECK(out[static_cast<std::size_t>(2 * kPanel + 1)] == static_cast<float>(10 * kPanel));
}

TEST_CASE("weights of double are rounded once, biases after they were added") {
  const double ulp = std::numeric_limits<float>::epsilon();
  Vector<double> b(2), b_h(1);
  b(0) = 1 + 0.4 * ulp, b(1) = 0.1, b_h(0) = 0.2 * ulp;
  CHECK(total_bias_in_float(3, b, b_h) == std::vector<float>{static_cast<float>(1 + ulp), 0.1F, 0});
  Matrix<double> m(1, 2);
  m(0, 0) = 0.1, m(0, 1) = 1 + 0.4 * ulp;
  CHECK(in_float(m).rows() == 1);
  CHECK(in_float(m)(0, 0) == 0.1F);
  CHECK(in_float(m)(0, 1) == 1);
}

}  // namespace
