#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/product/product.hpp>

namespace tsattn {

/// How the weights of a layer start.
///
///   keras     input kernels Glorot uniform, recurrent kernels orthogonal, biases 0, the LSTM's forget bias 1
///             (the documented defaults of keras.layers.Dense, SimpleRNN, LSTM and GRU)
///   pytorch   every weight and bias uniform in +-1/sqrt(k), k = input features for torch.nn.Linear, hidden units for
///             torch.nn.RNN, LSTM and GRU (documented there); where PyTorch adds two biases and we keep one, ours is
///             the sum of two such draws
///   zeros     every weight and bias 0: for a layer whose weights come from a file
enum class Initialization { keras, pytorch, zeros };

template <>
struct EnumNames<Initialization> {
  static constexpr std::string_view kOption = "initialization";
  static constexpr std::pair<std::string_view, Initialization> kNames[] = {
      {"keras", Initialization::keras}, {"pytorch", Initialization::pytorch}, {"zeros", Initialization::zeros}};
};

/// Gives a description another way to initialise its layer: by its member set_initialization, if it has one, or its
/// field `initialization`. One without either has weights that start as they always do, or none.
template <class Description>
void set_initialization(Description& description, Initialization scheme) {
  if constexpr (requires { description.set_initialization(scheme); }) {
    description.set_initialization(scheme);
  } else if constexpr (requires { description.initialization = scheme; }) {
    description.initialization = scheme;
  }
}

/// Fills every entry with a number that is uniform between -bound and bound.
template <class Scalar>
void fill_uniform(Scalar* values, Index size, double bound, Random& random) {
  std::generate_n(values, size, [&] { return static_cast<Scalar>(random.uniform(-bound, bound)); });
}

/// Glorot & Bengio 2010, eq. 16: uniform in +-sqrt(6 / (fan_in + fan_out)), for W [fan_out, fan_in]. A stack of gate
/// blocks counts as one matrix, as in Keras.
template <class Scalar>
void fill_glorot_uniform(Matrix<Scalar>& w, Random& random) {
  fill_uniform(w.data(), w.size(), std::sqrt(6.0 / static_cast<double>(w.rows() + w.cols())), random);
}

/// Saxe, McClelland & Ganguli 2014: orthonormal columns (rows, if there are more columns than rows), uniformly
/// distributed: a matrix of normal numbers, made orthonormal column by column by classical Gram-Schmidt. Doing each
/// column twice leaves it orthogonal to rounding (Giraud, Langou & Rozloznik 2005).
template <class Scalar>
void fill_orthogonal(Matrix<Scalar>& w, Random& random) {
  const bool is_tall = w.rows() >= w.cols();
  const Index rows = is_tall ? w.rows() : w.cols(), cols = is_tall ? w.cols() : w.rows();
  Matrix<double> q(rows, cols);
  std::generate_n(q.data(), q.size(), [&] { return random.normal(); });
  Vector<double> overlaps(cols);
  for (Index j = 0; j < cols; ++j) {
    double* column = q.data() + j * rows;
    for (int pass = 0; pass < 2; ++pass) {
      kernels::dot_scores(j, rows, -1.0, column, q.data(), rows, overlaps.data());
      kernels::add_product(rows, 1, j, q.data(), rows, overlaps.data(), 1, j, column, rows);
    }
    double squared_norm = 0;
    kernels::dot_scores(1, rows, 1.0, column, column, rows, &squared_norm);
    std::for_each_n(column, rows, [norm = std::sqrt(squared_norm)](double& value) { value /= norm; });
  }
  for (Index j = 0; j < w.cols(); ++j)
    for (Index i = 0; i < w.rows(); ++i) w(i, j) = static_cast<Scalar>(is_tall ? q(i, j) : q(j, i));
}

}  // namespace tsattn
