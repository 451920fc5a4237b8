#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/softmax/softmax.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/softmax_cases.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set, test::random_values;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::softmax_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::softmax_gradients()); }

template <class S>
std::vector<S> softmax(const std::vector<S>& scores) {
  std::vector<S> weights(scores.size());
  kernels::softmax_forward(static_cast<Index>(scores.size()), scores.data(), weights.data());
  return weights;
}

constexpr Index kSizes[] = {1, 2, 3, 7, 50};

TEST_CASE("weights are the ratios of the exponentials") {
  // The logarithms and their differences round by 3 eps, the exponentials err by 4 ULP, and the sum and the quotient
  // round; all of it relative to numbers below 1.
  constexpr double kTolerance = 9 * std::numeric_limits<double>::epsilon();
  on_each_instruction_set([&] {
    const std::vector<double> weights = softmax<double>({std::log(1.0), std::log(2.0), std::log(5.0)});
    CHECK(std::abs(weights[0] - 1.0 / 8) <= kTolerance);
    CHECK(std::abs(weights[1] - 2.0 / 8) <= kTolerance);
    CHECK(std::abs(weights[2] - 5.0 / 8) <= kTolerance);
  });
}

TEST_CASE_TEMPLATE("weights are positive and sum to one", S, float, double) {
  on_each_instruction_set([] {
    Random random(1);
    for (const Index size : kSizes) {
      CAPTURE(size);
      const std::vector<S> weights = softmax(random_values<S>(size, random));
      for (const S weight : weights) CHECK(weight > 0);
      // Every weight and every addition of this sum, as of that inside, rounds by eps / 2 of at most 1.
      CHECK(std::abs(std::accumulate(weights.begin(), weights.end(), S(0)) - 1) <=
            static_cast<S>(3 * size) * std::numeric_limits<S>::epsilon() / 2);
    }
  });
}

TEST_CASE_TEMPLATE("equal scores share alike, whatever they are", S, float, double) {
  on_each_instruction_set([] {
    const S largest = std::numeric_limits<S>::max();
    for (const S score : {S(0), S(1), S(-1000), S(1000), largest, -largest}) {
      CAPTURE(score);
      for (const S weight : softmax<S>({score, score, score, score})) CHECK(weight == S(0.25));
    }
    CHECK(softmax<S>({S(1e4)})[0] == 1);
  });
}

TEST_CASE_TEMPLATE("large scores neither overflow nor vanish together", S, float, double) {
  on_each_instruction_set([] {
    CHECK(softmax<S>({S(1e4), S(0), S(-1e4)}) == std::vector<S>{1, 0, 0});
    CHECK(softmax<S>({S(-1e4), S(-2e4)}) == std::vector<S>{1, 0});
    // A shift that the scores hold exactly changes no bit.
    CHECK(softmax<S>({S(1), S(2), S(4)}) == softmax<S>({S(1025), S(1026), S(1028)}));
  });
}

TEST_CASE_TEMPLATE("a score of minus infinity gets no weight", S, float, double) {
  on_each_instruction_set([] {
    CHECK(softmax<S>({S(1), -std::numeric_limits<S>::infinity(), S(1)}) == std::vector<S>{S(0.5), 0, S(0.5)});
  });
}

TEST_CASE_TEMPLATE("a NaN anywhere makes every weight NaN", S, float, double) {
  on_each_instruction_set([] {
    for (std::size_t at = 0; at < 3; ++at) {
      CAPTURE(at);
      std::vector<S> scores{1, 2, 3};
      scores[at] = std::numeric_limits<S>::quiet_NaN();
      for (const S weight : softmax(scores)) CHECK(std::isnan(weight));
    }
  });
}

TEST_CASE("forward and backward work in place") {
  on_each_instruction_set([] {
    Random random(2);
    const std::vector<double> scores = random_values<double>(7, random), weights = softmax(scores);
    std::vector<double> in_place = scores;
    kernels::softmax_forward<double>(7, in_place.data(), in_place.data());
    CHECK(in_place == weights);

    const std::vector<double> dw = random_values<double>(7, random);
    std::vector<double> ds(7), ds_in_place = dw;
    kernels::softmax_backward<double>(7, weights.data(), dw.data(), ds.data());
    kernels::softmax_backward<double>(7, weights.data(), ds_in_place.data(), ds_in_place.data());
    CHECK(ds_in_place == ds);
  });
}

TEST_CASE("backward is the dense Jacobian times dw") {
  on_each_instruction_set([] {
    Random random(3);
    for (const Index size : kSizes) {
      CAPTURE(size);
      const std::vector<double> w = softmax(random_values<double>(size, random)),
                                dw = random_values<double>(size, random);
      std::vector<double> ds(w.size());
      kernels::softmax_backward(size, w.data(), dw.data(), ds.data());
      for (std::size_t k = 0; k < w.size(); ++k) {
        double expected = 0;  // J_kj = dw_k / ds_j = w_k (delta_kj - w_j), symmetric
        for (std::size_t j = 0; j < w.size(); ++j) expected += (k == j ? w[k] * (1 - w[k]) : -w[k] * w[j]) * dw[j];
        // Both are sums of `size` terms that add up to at most 2.1 w_k in magnitude, of three roundings each.
        CHECK(std::abs(ds[k] - expected) <=
              static_cast<double>(size + 3) * 2.1 * w[k] * std::numeric_limits<double>::epsilon());
      }
    }
  });
}

}  // namespace
