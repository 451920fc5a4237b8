#pragma once

#include <string>
#include <string_view>

#include <tsattn/kernels/activation.hpp>
#include <tsattn/layers/recurrent.hpp>

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
  static constexpr Index kGates = 1;
  static constexpr Index kSaved = 0;
  static constexpr Index kDeltas = 1;

  struct Parameters {
    Matrix<S> w_x;  // [H, F]
    Matrix<S> w_h;  // [H, H]
    Vector<S> b;    // [H]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w_x", self.w_x), visitor("w_h", self.w_h), visitor("b", self.b);
    }
  };
  Parameters parameters;

  /// Zero weights. Throws ConfigError for sizes below 1.
  RnnCell(Index features, Index hidden) {
    require_positive(kWhere, "features", features);
    require_positive(kWhere, "hidden", hidden);
    parameters = {Matrix<S>(hidden, features), Matrix<S>(hidden, hidden), Vector<S>(hidden)};
  }

  void step(const CellStep<S>& s) const {
    kernels::add_product(s.hidden, s.batch, s.hidden, parameters.w_h.data(), s.hidden, s.previous[0], 1, s.hidden,
                         s.gates,
                         s.hidden);                               // (1)
    kernels::tanh_forward(s.hidden * s.batch, s.gates, s.gates);  // (2), kept as h_t
    std::copy_n(s.gates, s.hidden * s.batch, s.next[0]);
  }

  void step_backward(const CellStepBackward<S>& s) const {
    kernels::tanh_backward(s.hidden * s.batch, s.gates, s.d_states[0], s.deltas);  // (4)
    std::fill_n(s.d_states[0], s.hidden * s.batch, S(0));
    kernels::add_product(s.hidden, s.batch, s.hidden, s.w_h_transposed, s.hidden, s.deltas, 1, s.hidden, s.d_states[0],
                         s.hidden);  // (3) of step t - 1
  }

  /// Over `columns` = T B columns: deltas [H, columns], h_prev [H, columns].
  void add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S*, const S* h_prev,
                               Parameters& gradients) const {
    kernels::add_product(hidden, hidden, columns, deltas, hidden, h_prev, hidden, 1, gradients.w_h.data(),
                         hidden);  // (5)
  }
};

template <class S>
using RnnLayer = Recurrent<RnnCell<S>>;

/// Describes an RnnLayer.
struct Rnn {
  static constexpr std::string_view kKind = "rnn";

  Index units = 0;
  Returns returns = Returns::all_steps;
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class S>
  RnnLayer<S> build(const BuildContext& context) const {
    require_recurrent_inputs<RnnLayer<S>>(context, units);
    RnnCell<S> cell(context.inputs[0].features, units);
    initialize_recurrent(initialization, cell.parameters.w_x, cell.parameters.w_h, cell.parameters.b, context.random);
    return RnnLayer<S>(std::move(cell), returns);
  }
};

}  // namespace tsattn
