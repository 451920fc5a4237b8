#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <Eigen/LU>
#include <doctest/doctest.h>

#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"

namespace {

using namespace tsattn;
using test::build_layer;

constexpr Index kFeatures = 300, kUnits = 200;

/// Checks that `size` values look drawn evenly between -bound and bound, or, with `draws` = 2, as sums of two such
/// draws.
void check_uniform(const double* values, Index size, double bound, int draws = 1) {
  const auto n = static_cast<double>(size);
  double sum = 0, squares = 0, largest = 0;
  for (Index i = 0; i < size; ++i) {
    sum += values[i], squares += values[i] * values[i];
    largest = std::max(largest, std::abs(values[i]));
  }
  CHECK(largest <= draws * bound);
  if (draws == 1) CHECK(largest >= bound * (1 - 20 / n));  // 20 / n of the range stays empty with probability e^-20
  // Five standard errors. One draw has the variance b^2 / 3 and the fourth moment b^4 / 5; a sum of two 2 b^2 / 3 and
  // 2 b^4 / 5 + 6 (b^2 / 3)^2.
  const double variance = draws * bound * bound / 3;
  const double fourth = draws * std::pow(bound, 4) / 5 + (draws == 1 ? 0 : 6 * std::pow(bound * bound / 3, 2));
  CHECK(std::abs(sum / n) <= 5 * std::sqrt(variance / n));
  CHECK(std::abs(squares / n - variance) <= 5 * std::sqrt((fourth - variance * variance) / n));
}
void check_uniform(const Matrix<double>& w, double bound) { check_uniform(w.data(), w.size(), bound); }
void check_uniform(const Vector<double>& b, double bound) { check_uniform(b.data(), b.size(), bound); }

double glorot_bound(Index fan_in, Index fan_out) { return std::sqrt(6.0 / static_cast<double>(fan_in + fan_out)); }
double pytorch_bound(Index size) { return 1 / std::sqrt(static_cast<double>(size)); }

/// The largest entry of W^T W - I (for rows, W W^T - I).
template <class S>
double distance_from_orthonormal(const Matrix<S>& w) {
  const Eigen::MatrixXd m = w.map().template cast<double>();
  const Eigen::MatrixXd gram =
      m.rows() >= m.cols() ? Eigen::MatrixXd(m.transpose() * m) : Eigen::MatrixXd(m * m.transpose());
  return (gram - Eigen::MatrixXd::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff();
}

TEST_CASE("orthogonal matrices have orthonormal columns, or rows where those are fewer") {
  Random random(1);
  for (const std::pair<Index, Index>& size :
       {std::pair<Index, Index>{12, 5}, {5, 12}, {7, 7}, {1, 1}, {1, 6}, {6, 1}, {256, 64}}) {
    const Index rows = size.first, cols = size.second;
    CAPTURE(rows);
    CAPTURE(cols);
    Matrix<double> w(rows, cols);
    fill_orthogonal(w, random);
    CHECK(distance_from_orthonormal(w) <= 1e-12);
    Matrix<float> rounded(rows, cols);
    fill_orthogonal(rounded, random);
    CHECK(distance_from_orthonormal(rounded) <= 1e-6);  // 2^-24 for each entry, of which the squares add up to 1
  }
}

TEST_CASE("orthogonal matrices favour no direction") {
  // Without the sign of R's diagonal, for one, a 1 x 1 matrix would always be 1.
  constexpr int kCount = 2000;
  Random random(2);
  int positive = 0, proper = 0;
  Eigen::Matrix3d sum = Eigen::Matrix3d::Zero();
  for (int i = 0; i < kCount; ++i) {
    Matrix<double> one(1, 1), three(3, 3);
    fill_orthogonal(one, random);
    positive += one(0, 0) > 0 ? 1 : 0;
    fill_orthogonal(three, random);
    const Eigen::Matrix3d m = three.map();
    proper += m.determinant() > 0 ? 1 : 0;
    sum += m;
  }
  // Five standard deviations: of a fair coin, and of an entry, whose square is 1/3 on average.
  CHECK(std::abs(positive - kCount / 2) <= 5 * std::sqrt(kCount / 4.0));
  CHECK(std::abs(proper - kCount / 2) <= 5 * std::sqrt(kCount / 4.0));
  CHECK(sum.cwiseAbs().maxCoeff() <= 5 * std::sqrt(kCount / 3.0));
}

TEST_CASE("keras: input kernels Glorot uniform, recurrent kernels orthogonal, biases 0, the forget bias 1") {
  const std::vector<SampleShape> x{{kAnyTime, kFeatures}};
  const auto dense = build_layer<double>(Dense{.units = kUnits}, x);
  check_uniform(dense.parameters().w, glorot_bound(kFeatures, kUnits));
  CHECK(dense.parameters().b.map().isZero(0));

  const auto rnn = build_layer<double>(Rnn{.units = kUnits}, x);
  check_uniform(rnn.parameters().w_x, glorot_bound(kFeatures, kUnits));
  CHECK(distance_from_orthonormal(rnn.parameters().w_h) <= 1e-12);
  CHECK(rnn.parameters().b.map().isZero(0));

  const auto lstm = build_layer<double>(Lstm{.units = kUnits}, x);
  check_uniform(lstm.parameters().w_x, glorot_bound(kFeatures, 4 * kUnits));
  CHECK(distance_from_orthonormal(lstm.parameters().w_h) <= 1e-12);
  const auto b = lstm.parameters().b.map();
  CHECK(b.head(kUnits).isZero(0));
  CHECK((b.segment(kUnits, kUnits).array() == 1).all());
  CHECK(b.tail(2 * kUnits).isZero(0));

  for (const GruReset reset : {GruReset::after_product, GruReset::before_product}) {
    const auto gru = build_layer<double>(Gru{.units = kUnits, .reset = reset}, x);
    check_uniform(gru.parameters().w_x, glorot_bound(kFeatures, 3 * kUnits));
    CHECK(distance_from_orthonormal(gru.parameters().w_h) <= 1e-12);
    CHECK(gru.parameters().b.map().isZero(0));
    CHECK(gru.parameters().b_hn.map().isZero(0));
  }
}

TEST_CASE("pytorch: weights and biases uniform in +-1/sqrt(k), the sum of two draws where two biases are one") {
  const std::vector<SampleShape> x{{kAnyTime, kFeatures}};
  constexpr Initialization kPytorch = Initialization::pytorch;
  const auto dense = build_layer<double>(Dense{.units = kUnits, .initialization = kPytorch}, x);
  check_uniform(dense.parameters().w, pytorch_bound(kFeatures));
  check_uniform(dense.parameters().b, pytorch_bound(kFeatures));

  const double bound = pytorch_bound(kUnits);
  const auto check_recurrent = [&](const auto& p, Index blocks_with_two_biases) {
    check_uniform(p.w_x, bound);
    check_uniform(p.w_h, bound);
    check_uniform(p.b.data(), blocks_with_two_biases * kUnits, bound, 2);
  };
  check_recurrent(build_layer<double>(Rnn{.units = kUnits, .initialization = kPytorch}, x).parameters(), 1);
  check_recurrent(build_layer<double>(Lstm{.units = kUnits, .initialization = kPytorch}, x).parameters(), 4);
  const auto after = build_layer<double>(Gru{.units = kUnits, .initialization = kPytorch}, x);
  check_recurrent(after.parameters(), 2);
  check_uniform(after.parameters().b.data() + 2 * kUnits, kUnits, bound);
  check_uniform(after.parameters().b_hn, bound);
  const Gru before{.units = kUnits, .reset = GruReset::before_product, .initialization = kPytorch};
  check_recurrent(build_layer<double>(before, x).parameters(), 3);
}

TEST_CASE("attention starts like the dense layers it is made of") {
  const std::vector<SampleShape> inputs{{3, 40}, {4, 50}, {4, 8}};
  const Attention general{.score = Score::general}, additive{.score = Score::additive, .units = kUnits};
  check_uniform(build_layer<double>(general, inputs).parameters().w, glorot_bound(50, 40));
  const auto keras = build_layer<double>(additive, inputs);
  check_uniform(keras.parameters().w_q, glorot_bound(40, kUnits));
  check_uniform(keras.parameters().w_k, glorot_bound(50, kUnits));
  check_uniform(keras.parameters().v, glorot_bound(kUnits, 1));
  CHECK(keras.parameters().b.map().isZero(0));

  Attention pytorch = additive;
  pytorch.initialization = Initialization::pytorch;
  const auto layer = build_layer<double>(pytorch, inputs);
  check_uniform(layer.parameters().w_q, pytorch_bound(40));
  check_uniform(layer.parameters().w_k, pytorch_bound(50));
  check_uniform(layer.parameters().v, pytorch_bound(kUnits));
  check_uniform(layer.parameters().b, pytorch_bound(40));
  const Attention general_pytorch{.score = Score::general, .initialization = Initialization::pytorch};
  check_uniform(build_layer<double>(general_pytorch, inputs).parameters().w, pytorch_bound(50));
}

TEST_CASE("attention pooling starts like the dense layers it is made of") {
  const std::vector<SampleShape> h{{kAnyTime, kFeatures}};
  AttentionPooling linear{}, tanh{.score = PoolingScore::tanh, .units = kUnits};
  const auto keras_linear = build_layer<double>(linear, h), keras_tanh = build_layer<double>(tanh, h);
  check_uniform(keras_linear.parameters().v, glorot_bound(kFeatures, 1));
  CHECK(keras_linear.parameters().b(0) == 0);
  check_uniform(keras_tanh.parameters().w, glorot_bound(kFeatures, kUnits));
  check_uniform(keras_tanh.parameters().v, glorot_bound(kUnits, 1));
  CHECK(keras_tanh.parameters().b.map().isZero(0));

  linear.initialization = tanh.initialization = Initialization::pytorch;
  const auto pytorch_linear = build_layer<double>(linear, h), pytorch_tanh = build_layer<double>(tanh, h);
  check_uniform(pytorch_linear.parameters().v, pytorch_bound(kFeatures));
  CHECK(pytorch_linear.parameters().b(0) != 0);
  CHECK(std::abs(pytorch_linear.parameters().b(0)) <= pytorch_bound(kFeatures));
  check_uniform(pytorch_tanh.parameters().w, pytorch_bound(kFeatures));
  check_uniform(pytorch_tanh.parameters().b, pytorch_bound(kFeatures));
  check_uniform(pytorch_tanh.parameters().v, pytorch_bound(kUnits));
}

/// The parameters that two builds of a description start with.
template <class S, class Description>
auto initial_parameters(const Description& description, const std::vector<SampleShape>& inputs, std::uint64_t seed) {
  return build_layer<S>(description, inputs, seed).parameters();
}

template <class Description>
void check_seeds(Description description, const std::vector<SampleShape>& inputs) {
  INFO(Description::kKind);
  for (const Initialization initialization : {Initialization::keras, Initialization::pytorch}) {
    description.initialization = initialization;
    auto weights = initial_parameters<double>(description, inputs, 7);
    CHECK(test::same_tensor_bits<double>(initial_parameters<double>(description, inputs, 7), weights));
    CHECK(!test::same_tensor_bits<double>(initial_parameters<double>(description, inputs, 8), weights));

    auto rounded = initial_parameters<float>(description, inputs, 7);
    const auto wide = named_tensors<double>(weights);
    const auto narrow = named_tensors<float>(rounded);
    REQUIRE(narrow.size() == wide.size());
    for (std::size_t i = 0; i < wide.size(); ++i) CHECK(narrow[i].map() == wide[i].map().template cast<float>());
  }
}

TEST_CASE("the same seed gives the same weights, another one others, and float the same numbers rounded") {
  const SampleShape x{4, 5};
  check_seeds(Dense{.units = 3}, {x});
  check_seeds(Rnn{.units = 3}, {x});
  check_seeds(Lstm{.units = 3}, {x});
  check_seeds(Gru{.units = 3}, {x});
  check_seeds(Gru{.units = 3, .reset = GruReset::before_product}, {x});
  check_seeds(Attention{.score = Score::general}, {x, x, x});
  check_seeds(Attention{.score = Score::additive}, {x, x, x});
  check_seeds(AttentionPooling{}, {x});
  check_seeds(AttentionPooling{.score = PoolingScore::tanh}, {x});
}

}  // namespace
