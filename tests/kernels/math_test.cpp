#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/activation/activation.hpp>

#include "support/instruction_sets.hpp"

namespace math_test {
namespace {

using namespace tsattn;
using test::InstructionSetScope;

/// What a result is compared with: of a type with at least 11 more digits.
template <class S>
using Wide = std::conditional_t<sizeof(S) == 4, double, long double>;
template <class S>
inline constexpr bool kHasWide = std::numeric_limits<Wide<S>>::digits >= std::numeric_limits<S>::digits + 11;

template <class S>
struct Function {
  const char* name;
  void (*forward)(Index, const S*, S*);
  Wide<S> (*exact)(Wide<S>);
  /// The largest error in ULP. These are what was measured over every float and over 120 million doubles, rounded up;
  /// the same numbers are in kernels/activation/activation.hpp.
  double limit, limit_of_generic;
};

template <class W>
W exact_exp(W x) {
  return std::exp(x);
}
template <class W>
W exact_tanh(W x) {
  return std::tanh(x);
}
template <class W>
W exact_sigmoid(W x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

template <class S>
std::vector<Function<S>> functions() {
  constexpr bool kFloat = sizeof(S) == 4;
  return {{"exp", kernels::exp_forward<S>, exact_exp<Wide<S>>, kFloat ? 1.2 : 1.1, kFloat ? 1.2 : 1.1},
          {"sigmoid", kernels::sigmoid_forward<S>, exact_sigmoid<Wide<S>>, 2.5, 2.5},
          {"tanh", kernels::tanh_forward<S>, exact_tanh<Wide<S>>, kFloat ? 2.5 : 2.7, kFloat ? 2.6 : 2.8}};
}

/// |found - exact| in units in the last place of the exact result rounded to S; infinite where one of them is not a
/// finite number, but for the same infinity or two NaN.
template <class S>
double error_in_ulp(S found, Wide<S> exact) {
  const S rounded = static_cast<S>(exact);
  if (!std::isfinite(found) || !std::isfinite(rounded)) {
    const bool is_same = found == rounded || (std::isnan(found) && std::isnan(rounded));
    return is_same ? 0 : std::numeric_limits<double>::infinity();
  }
  int exponent = 0;
  std::frexp(rounded, &exponent);
  if (rounded == 0) exponent = std::numeric_limits<S>::min_exponent;
  exponent = std::max(exponent, std::numeric_limits<S>::min_exponent);  // denormal numbers lie as far apart as the next
  return static_cast<double>(
      std::abs(std::ldexp(static_cast<Wide<S>>(found) - exact, std::numeric_limits<S>::digits - exponent)));
}

/// The kernels that compute these functions themselves; the plain loops call the standard library.
std::vector<InstructionSet> sets_with_math() {
  std::vector<InstructionSet> sets = test::available_instruction_sets();
  std::erase(sets, InstructionSet::reference);
  return sets;
}

/// For every function: the error over `x` on each instruction set stays within the limit, with the sign of x for tanh.
template <class S>
void check_errors(const std::vector<S>& x) {
  const std::vector<InstructionSet> sets = sets_with_math();
  std::vector<S> y(x.size());
  std::vector<Wide<S>> exact(x.size());
  for (const Function<S>& function : functions<S>()) {
    std::transform(x.begin(), x.end(), exact.begin(), [&](S value) { return function.exact(Wide<S>(value)); });
    for (const InstructionSet set : sets) {
      const InstructionSetScope scope(set);
      function.forward(static_cast<Index>(x.size()), x.data(), y.data());
      double largest = 0;
      std::size_t at = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double error = error_in_ulp<S>(y[i], exact[i]);
        if (error > largest) largest = error, at = i;
      }
      INFO(function.name, ", TSATTN_SIMD=", name_of(set), ", x = ", x[at], ", found ", y[at]);
      CHECK(largest <= (set == InstructionSet::generic ? function.limit_of_generic : function.limit));
    }
  }
}

constexpr std::size_t kBlock = 8192;

TEST_CASE("exp, sigmoid and tanh of every 997th float") {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += 997) {
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    if (x.size() < kBlock) continue;
    check_errors(x);
    x.clear();
  }
  check_errors(x);
}

TEST_CASE("exp, sigmoid and tanh of doubles of all magnitudes") {
  if constexpr (!kHasWide<double>) {
    MESSAGE("long double is not wider than double here");
    return;
  }
  // Where long double is computed in software it is a hundred times slower.
  constexpr int kBlocks = std::numeric_limits<long double>::digits > 64 ? 8 : 200;
  Random random(1);
  std::vector<double> x(kBlock);
  for (int block = 0; block < kBlocks; ++block) {
    std::generate(x.begin(), x.end(), [&] {
      switch (block % 4) {
        case 0:
          return std::bit_cast<double>(random.bits());
        case 1:
          return random.uniform(-750, 750);  // where exp is neither 0 nor infinity
        case 2:
          return random.uniform(-40, 40);  // where tanh and sigmoid of x > 0 are not 1
        default:
          return random.uniform(-1, 1) * std::ldexp(1.0, -static_cast<int>(random.bits() % 32));
      }
    });
    check_errors(x);
  }
}

TEST_CASE_TEMPLATE("exp, sigmoid and tanh where results become denormal, 0, 1 or infinite", S, float, double) {
  if constexpr (!kHasWide<S>) return;
  constexpr bool kFloat = sizeof(S) == 4;
  const S smallest = std::numeric_limits<S>::denorm_min(), normal = std::numeric_limits<S>::min();
  std::vector<S> x{0,
                   smallest,
                   7 * smallest,
                   normal / 2,
                   normal,
                   std::numeric_limits<S>::max(),
                   std::numeric_limits<S>::infinity(),
                   std::numeric_limits<S>::quiet_NaN()};
  // e^x: the largest x with a finite one, the smallest with a normal one and with a denormal one, and between.
  for (const double border : kFloat
                                 ? std::vector<double>{88.72, 88.72283935546875, 87.33654, 87.5, 103.27893, 103.9, 104}
                                 : std::vector<double>{709.78, 709.78271289338397, 708.39641853226408, 708.5,
                                                       744.44007192138122, 745.13321910194122, 746})
    x.push_back(static_cast<S>(border));
  for (const double border : {9.0109, 10.0, 16.64, 18.7149, 19.0615, 20.0, 36.7368, 40.0})  // tanh and sigmoid: 1
    x.push_back(static_cast<S>(border));
  const std::size_t count = x.size();
  for (std::size_t i = 0; i < count; ++i)
    for (S above = x[i], below = x[i], step = 0; step < 3; ++step) {
      above = std::nextafter(above, std::numeric_limits<S>::infinity());
      below = std::nextafter(below, S(0));
      x.insert(x.end(), {above, below, -above, -below});
    }
  for (std::size_t i = 0; i < count; ++i) x.push_back(-x[i]);
  check_errors(x);
}

TEST_CASE_TEMPLATE("exp is exactly 0, 1 or infinite where it should be", S, float, double) {
  const S infinity = std::numeric_limits<S>::infinity(), largest = std::numeric_limits<S>::max();
  test::on_each_instruction_set([&] {
    const auto exp = [](S x) {
      S y = 7;
      kernels::exp_forward<S>(1, &x, &y);
      return y;
    };
    for (const S x : {infinity, largest, S(1000)}) {
      CHECK(exp(x) == infinity);
      CHECK(exp(-x) == 0);
    }
    for (const S x : {S(0), S(-0.0), std::numeric_limits<S>::denorm_min(), -std::numeric_limits<S>::min()})
      CHECK(exp(x) == 1);
    CHECK(std::isnan(exp(std::numeric_limits<S>::quiet_NaN())));
  });
}

TEST_CASE_TEMPLATE("tanh keeps the sign of 0 and every denormal number", S, float, double) {
  test::on_each_instruction_set([] {
    const S smallest = std::numeric_limits<S>::denorm_min();
    for (const S x : {S(0), smallest, 3 * smallest, std::numeric_limits<S>::min() - smallest})
      for (const S signed_x : {x, -x}) {
        S y = 7;
        kernels::tanh_forward<S>(1, &signed_x, &y);
        CHECK(y == signed_x);
        CHECK(std::signbit(y) == std::signbit(signed_x));
      }
  });
}

}  // namespace
}  // namespace math_test
