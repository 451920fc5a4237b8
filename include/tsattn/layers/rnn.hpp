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

/// The simple (Elman) recurrent cell with tanh.  B batch, F features, H hidden.
///   forward   (1) a_t = W_x x_t + W_h h_{t-1} + b       (2) h_t = tanh(a_t)
///   backward  (3) dh_t = dy_t + W_h^T da_{t+1}          (4) da_t = dh_t * (1 - h_t^2)
///             (5) dW_x += dA X^T, dW_h += dA H_prev^T, db += sum dA, dX = W_x^T dA
/// Source: Elman 1990. Derivation: docs/layers/rnn.md. Initial states and outputs: Recurrent.
template <class S>
struct RnnCell {
  using Scalar = S;
  static constexpr std::string_view kWhere = "Rnn";
  static constexpr std::string_view kWhereBackward = "Rnn::backward";
  static constexpr Index kStates = 1;
  static constexpr std::array<Index, 1> kKerasGates{0};
  static constexpr RecurrentNaming kForeignNaming{kKerasGates};
  static constexpr Index kGates = 1;
  static constexpr Index kSaved = 0;
  static constexpr Index kDeltas = 1;

  struct Parameters {
    Matrix<S> w_x;  // [H, F]
    Matrix<S> w_h;  // [H, H]
    Vector<S> b;    // [H], or [0] without bias
    Vector<S> b_h;  // [H] with two biases, otherwise [0]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w_x", self.w_x), visitor("w_h", self.w_h);
      if (self.b.size() > 0) visitor("b", self.b);
      if (self.b_h.size() > 0) visitor("b_h", self.b_h);
    }
  };
  Parameters parameters;

  /// Makes a cell of zero weights. Throws ConfigError, from `where`, for sizes below 1.
  RnnCell(Index features, Index hidden, RecurrentBias bias = RecurrentBias::one, std::string_view where = kWhere);

  void pack(kernels::PackedWeights<S>& out) const;
  void forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const;
  EmbeddedLayer embed() const;

  void pack_backward(kernels::PackedWeights<S>& out) const;
  void backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const;
  /// The product of (3) with the deltas of step 1: dh [H, batch] becomes dL/dh_0.
  void add_products_of_dh(Index batch, const S* deltas, S* dh) const;

  /// Over `columns` = T B columns: deltas [H, columns], h_prev [H, columns].
  void add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S*, const S* h_prev,
                               Parameters& gradients) const;
};

template <class S>
using RnnLayer = Recurrent<RnnCell<S>>;

TSATTN_COMPILED_LAYER(RnnLayer);

/// Describes an RnnLayer.
struct Rnn {
  static constexpr std::string_view kKind = "rnn";

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
  RnnLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/rnn.inl>
#endif
