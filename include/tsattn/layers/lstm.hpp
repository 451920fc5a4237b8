#pragma once

#include <array>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/recurrent_description.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

/// Long short-term memory.  B batch, F features, H hidden; gate blocks i | f | g | o.
///
///   | i |   | W_xi  W_hi  b_i |   | x_t     |
///   | f | = | W_xf  W_hf  b_f | * | h_{t-1} |   before the nonlinearities
///   | g |   | W_xg  W_hg  b_g |   | 1       |
///   | o |   | W_xo  W_ho  b_o |
///
///   forward   (1) a_t = W_x x_t + W_h h_{t-1} + b       (2) i, f, o = sigmoid(a), g = tanh(a)
///             (3) c_t = f * c_{t-1} + i * g             (4) h_t = o * tanh(c_t)
///   backward  (5) dh_t = dy_t + W_h^T da_{t+1}          (6) dc_t = dc_{t+1} * f_{t+1} + dh_t * o * (1 - tanh^2 c_t)
///             (7) da_i = dc_t * g * i * (1 - i),  da_f = dc_t * c_{t-1} * f * (1 - f),
///                 da_g = dc_t * i * (1 - g^2),    da_o = dh_t * tanh(c_t) * o * (1 - o)
///             (8) dW_x += dA X^T, dW_h += dA H_prev^T, db += sum dA, dX = W_x^T dA
/// Source: Hochreiter & Schmidhuber 1997; forget gate of Gers, Schmidhuber & Cummins 2000; no peepholes.
/// Derivation: docs/layers/lstm.md. Initial states and outputs: Recurrent.
template <class S>
struct LstmCell {
  using Scalar = S;
  static constexpr std::string_view kWhere = "Lstm";
  static constexpr std::string_view kWhereBackward = "Lstm::backward";
  static constexpr Index kStates = 2;                             // h, c
  static constexpr std::array<Index, 4> kKerasGates{0, 1, 2, 3};  // i | f | c | o, where c is g
  static constexpr RecurrentNaming kForeignNaming{kKerasGates};
  static constexpr Index kGates = 4;  // i | f | g | o
  static constexpr Index kSaved = 1;  // tanh(c_t)
  static constexpr Index kDeltas = 4;

  struct Parameters {
    Matrix<S> w_x;  // [4H, F]
    Matrix<S> w_h;  // [4H, H]
    Vector<S> b;    // [4H], or [0] without bias
    Vector<S> b_h;  // [4H] with two biases, otherwise [0]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w_x", self.w_x), visitor("w_h", self.w_h);
      if (self.b.size() > 0) visitor("b", self.b);
      if (self.b_h.size() > 0) visitor("b_h", self.b_h);
    }
  };
  Parameters parameters;

  /// Makes a cell of zero weights. Throws ConfigError, from `where`, for sizes below 1.
  LstmCell(Index features, Index hidden, RecurrentBias bias = RecurrentBias::one, std::string_view where = kWhere);

  void pack(kernels::PackedWeights<S>& out) const;
  void forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const;
  EmbeddedLayer embed() const;

  void pack_backward(kernels::PackedWeights<S>& out) const;
  void backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const;
  /// The products of (5) with the deltas of step 1: dh [H, batch] becomes dL/dh_0.
  void add_products_of_dh(Index batch, const S* deltas, S* dh) const;

  /// Over `columns` = T B columns: deltas [4H, columns], h_prev [H, columns].
  void add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S*, const S* h_prev,
                               Parameters& gradients) const;
};

template <class S>
using LstmLayer = Recurrent<LstmCell<S>>;

TSATTN_COMPILED_LAYER(LstmLayer);

/// Describes an LstmLayer.
struct Lstm {
  static constexpr std::string_view kKind = "lstm";

  Index units = 0;
  Returns returns = Returns::all_steps;
  RecurrentBias bias = RecurrentBias::one;
  double recurrent_dropout = 0;  ///< share of h_{t-1} that W_h does not see in training, in [0, 1); Recurrent says how
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("units", self.units), visitor("returns", self.returns), visitor("bias", self.bias),
        visitor("recurrent_dropout", self.recurrent_dropout);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const;

  template <class S>
  LstmLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/lstm.inl>
#endif
