#pragma once

#include <array>
#include <string>
#include <string_view>

#include <tsattn/kernels/rnn/rnn.hpp>
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

  /// Zero weights. Throws ConfigError for sizes below 1.
  RnnCell(Index features, Index hidden, RecurrentBias bias = RecurrentBias::one) {
    require_positive(kWhere, "features", features);
    require_positive(kWhere, "hidden", hidden);
    parameters = {Matrix<S>(hidden, features), Matrix<S>(hidden, hidden),
                  Vector<S>(bias == RecurrentBias::none ? 0 : hidden),
                  Vector<S>(bias == RecurrentBias::two ? hidden : 0)};
  }

  void pack(kernels::PackedWeights<S>& out) const {
    const Parameters& p = parameters;
    const S* b = total_bias(p.w_x.rows(), p.b, p.b_h, out.bias);
    kernels::rnn_pack(p.w_x.cols(), p.w_h.cols(), p.w_x.data(), p.w_h.data(), b, out);
  }
  void forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const {
    kernels::rnn_forward(packed_for, step);  // (1), (2)
  }
  EmbeddedLayer embed() const {
    const Parameters& p = parameters;
    const Index hidden = p.w_h.cols();
    EmbeddedLayer layer{.type = embedded_type("Rnn", p.w_x.cols(), hidden), .part = "rnn", .state = 2 * hidden};
    append_embedded_panels(hidden, total_bias_in_float(hidden, p.b, p.b_h), in_float(p.w_x), in_float(p.w_h), 0, 1,
                           layer.weights);
    return layer;
  }

  void pack_backward(kernels::PackedWeights<S>& out) const {
    kernels::rnn_pack_backward(parameters.w_h.cols(), parameters.w_h.data(), out);
  }
  void backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const {
    kernels::rnn_backward(packed_for, step);  // (3), (4)
  }
  /// The product of (3) with the deltas of step 1: dh [H, batch] becomes dL/dh_0.
  void add_products_of_dh(Index batch, const S* deltas, S* dh) const {
    const Index hidden = parameters.w_h.cols();
    kernels::add_transposed_product(hidden, batch, hidden, parameters.w_h.data(), hidden, deltas, 1, hidden, dh,
                                    hidden);
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
  RecurrentBias bias = RecurrentBias::one;
  double recurrent_dropout = 0;  ///< share of h_{t-1} that W_h does not see in training, in [0, 1); Recurrent says how
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("units", self.units), visitor("returns", self.returns), visitor("bias", self.bias),
        visitor("recurrent_dropout", self.recurrent_dropout);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const { return recurrent_weight_count(1, units, bias, inputs); }

  template <class S>
  RnnLayer<S> build(const BuildContext& context) const {
    require_recurrent_inputs<RnnLayer<S>>(context, units);
    RnnCell<S> cell(context.inputs[0].features, units, bias);
    initialize_recurrent<S>(initialization, cell.parameters, context.random);
    return RnnLayer<S>(std::move(cell), returns, recurrent_dropout, context.where);
  }
};

}  // namespace tsattn
