#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/kernels/gru/gru.hpp>
#include <tsattn/layers/recurrent.hpp>

namespace tsattn {

/// Where a GRU applies its reset gate: to the product W_hn h_{t-1} + b_hn (PyTorch, cuDNN, Keras' default) or to
/// h_{t-1} before the product (Cho et al. 2014, tfjs).
enum class GruReset { after_product, before_product };

template <>
struct EnumNames<GruReset> {
  static constexpr std::string_view kOption = "reset";
  static constexpr std::pair<std::string_view, GruReset> kNames[] = {{"after_product", GruReset::after_product},
                                                                     {"before_product", GruReset::before_product}};
};

/// Gated recurrent unit.  B batch, F features, H hidden; gate blocks r | z | n.
///   forward   (1)  a_t = W_x x_t + b, plus W_h h_{t-1} in the blocks r and z      (2)  r, z = sigmoid(a)
///             (3a) after_product:  q_t = W_hn h_{t-1} + b_hn,  n = tanh(a_n + r * q_t)
///             (3b) before_product: n = tanh(a_n + W_hn (r * h_{t-1}))
///             (4)  h_t = (1 - z) * n + z * h_{t-1}
///   backward  (5)  da_n = dh_t * (1 - z) * (1 - n^2)      (6)  da_z = dh_t * (h_{t-1} - n) * z * (1 - z)
///             (7a) dq_t = da_n * r,  da_r = da_n * q_t * r * (1 - r)
///             (7b) dm_t = W_hn^T da_n,  da_r = dm_t * h_{t-1} * r * (1 - r)          with m_t = r * h_{t-1}
///             (8)  dh_{t-1} = dh_t * z + W_h[r,z]^T da_[r,z] + { W_hn^T dq_t | dm_t * r } + dy_{t-1}
///             (9)  dW_x += dA X^T, db += sum dA, dW_h[r,z] += dA_[r,z] H_prev^T,
///                  dW_hn += { dQ H_prev^T | dA_n M^T }, db_hn += sum dQ, dX = W_x^T dA
/// Source: Cho et al. 2014; the reset after the product from cuDNN. Texts that swap z and 1 - z mean the same cell with
/// z negated (docs/notation.md). Derivation: docs/layers/gru.md. Initial states and outputs: Recurrent.
template <class S>
struct GruCell {
  using Scalar = S;
  static constexpr std::string_view kWhere = "Gru";
  static constexpr std::string_view kWhereBackward = "Gru::backward";
  static constexpr Index kStates = 1;                          // h
  static constexpr std::array<Index, 3> kKerasGates{1, 0, 2};  // z | r | h, where h is n
  static constexpr RecurrentNaming kForeignNaming{
      kKerasGates,
      "two rows belong to reset_after=True, GruReset::after_product, one axis to reset_after=False, "
      "GruReset::before_product"};
  static constexpr Index kGates = 3;   // r | z | n
  static constexpr Index kSaved = 1;   // q_t, or m_t
  static constexpr Index kDeltas = 4;  // da_r | da_z | da_n | dq (the last only with the reset after the product)

  struct Parameters {
    Matrix<S> w_x;   // [3H, F]
    Matrix<S> w_h;   // [3H, H]
    Vector<S> b;     // [3H], or [0] without bias
    Vector<S> b_h;   // [2H], r | z, with two biases, otherwise [0]
    Vector<S> b_hn;  // [H] with the reset after the product and a bias, otherwise [0]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w_x", self.w_x), visitor("w_h", self.w_h);
      if (self.b.size() > 0) visitor("b", self.b);
      if (self.b_h.size() > 0) visitor("b_h", self.b_h);
      if (self.b_hn.size() > 0) visitor("b_hn", self.b_hn);
    }
  };
  Parameters parameters;
  GruReset reset;

  /// Zero weights. Throws ConfigError for sizes below 1.
  GruCell(Index features, Index hidden, GruReset gru_reset = GruReset::after_product,
          RecurrentBias bias = RecurrentBias::one)
      : reset(gru_reset) {
    require_positive(kWhere, "features", features);
    require_positive(kWhere, "hidden", hidden);
    parameters = {Matrix<S>(3 * hidden, features), Matrix<S>(3 * hidden, hidden),
                  Vector<S>(bias == RecurrentBias::none ? 0 : 3 * hidden),
                  Vector<S>(bias == RecurrentBias::two ? 2 * hidden : 0),
                  Vector<S>(reset == GruReset::after_product && bias != RecurrentBias::none ? hidden : 0)};
  }

  /// Throws ConfigError where PyTorch's GRU is another one.
  void require_counterpart(const ForeignContext& context) const {
    if (context.library == ForeignLibrary::pytorch && reset == GruReset::before_product)
      fail<ConfigError>(context.where, "expected the layer ", context.layer,
                        " with its reset after the product, where PyTorch has it, got before_product; train it anew "
                        "with GruReset::after_product");
  }

  void pack(kernels::PackedWeights<S>& out) const {
    const Parameters& p = parameters;
    const Index features = p.w_x.cols(), hidden = p.w_h.cols();
    const S* b = total_bias(3 * hidden, p.b, p.b_h, out.bias);
    if (reset == GruReset::after_product) {
      const S* b_hn = p.b_hn.size() > 0 ? p.b_hn.data() : b;  // without bias: zeros
      kernels::gru_after_pack(features, hidden, p.w_x.data(), p.w_h.data(), b, b_hn, out);
    } else {
      kernels::gru_before_pack(features, hidden, p.w_x.data(), p.w_h.data(), b, out);
    }
  }
  void forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const {
    if (reset == GruReset::after_product) {
      kernels::gru_after_forward(packed_for, step);  // (1)-(4)
    } else {
      kernels::gru_before_forward(packed_for, step);  // (1)-(4)
    }
  }
  EmbeddedLayer embed() const {
    const Parameters& p = parameters;
    const Index features = p.w_x.cols(), hidden = p.w_h.cols();
    const Matrix<float> w_x = in_float(p.w_x), w_h = in_float(p.w_h);
    std::vector<float> b = total_bias_in_float(3 * hidden, p.b, p.b_h);
    EmbeddedLayer layer{.part = "gru"};
    if (reset == GruReset::after_product) {
      layer.type = embedded_type("Gru", features, hidden);
      layer.state = 2 * hidden;
      const std::vector<float> b_hn = total_bias_in_float(hidden, p.b_hn);
      b.insert(b.end(), b_hn.begin(), b_hn.end());
      append_embedded_panels(hidden, b, w_x, w_h, 0, 3, layer.weights);
    } else {
      layer.type = embedded_type("Gru", features, hidden, "GruReset::before_product");
      layer.state = 3 * hidden;
      const std::span<const float> starts(b);
      const auto gates = static_cast<std::size_t>(2 * hidden);
      append_embedded_panels(hidden, starts.first(gates), w_x, w_h, 0, 2, layer.weights);
      append_embedded_panels(hidden, starts.subspan(gates), w_x, w_h, 2, 1, layer.weights);
    }
    return layer;
  }

  void pack_backward(kernels::PackedWeights<S>& out) const {
    const Index hidden = parameters.w_h.cols();
    if (reset == GruReset::after_product) {
      kernels::gru_after_pack_backward(hidden, parameters.w_h.data(), out);
    } else {
      kernels::gru_before_pack_backward(hidden, parameters.w_h.data(), out);
    }
  }
  void backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const {
    if (reset == GruReset::after_product) {
      kernels::gru_after_backward(packed_for, step);  // (5)-(8)
    } else {
      kernels::gru_before_backward(packed_for, step);  // (5)-(8)
    }
  }
  /// The products of (8) with the deltas of step 1: dh [H, batch] becomes dL/dh_0.
  void add_products_of_dh(Index batch, const S* deltas, S* dh) const {
    const Index hidden = parameters.w_h.cols(), rows = 3 * hidden, delta_rows = kDeltas * hidden;
    const S* w_h = parameters.w_h.data();
    kernels::add_transposed_product(hidden, batch, 2 * hidden, w_h, rows, deltas, 1, delta_rows, dh, hidden);
    if (reset == GruReset::after_product)
      kernels::add_transposed_product(hidden, batch, hidden, w_h + 2 * hidden, rows, deltas + 3 * hidden, 1, delta_rows,
                                      dh, hidden);
  }

  /// Over `columns` = T B columns: deltas [4H, columns], saved (q or m) and h_prev [H, columns].
  void add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S* saved, const S* h_prev,
                               Parameters& gradients) const {
    const Index rows = 3 * hidden, delta_rows = kDeltas * hidden;
    S* dw_h = gradients.w_h.data();
    kernels::add_product(2 * hidden, hidden, columns, deltas, delta_rows, h_prev, hidden, 1, dw_h, rows);  // (9)
    if (reset == GruReset::after_product) {
      const S* dq = deltas + 3 * hidden;
      kernels::add_product(hidden, hidden, columns, dq, delta_rows, h_prev, hidden, 1, dw_h + 2 * hidden, rows);  // (9)
      if (gradients.b_hn.size() > 0)
        kernels::add_column_sums(hidden, columns, dq, delta_rows, gradients.b_hn.data());  // (9)
    } else {
      const S* da_n = deltas + 2 * hidden;
      kernels::add_product(hidden, hidden, columns, da_n, delta_rows, saved, hidden, 1, dw_h + 2 * hidden,
                           rows);  // (9)
    }
  }
};

template <class S>
using GruLayer = Recurrent<GruCell<S>>;

/// Describes a GruLayer.
struct Gru {
  static constexpr std::string_view kKind = "gru";

  Index units = 0;
  GruReset reset = GruReset::after_product;
  Returns returns = Returns::all_steps;
  RecurrentBias bias = RecurrentBias::one;
  double recurrent_dropout = 0;  ///< share of h_{t-1} that W_h does not see in training, in [0, 1); Recurrent says how
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("units", self.units), visitor("reset", self.reset), visitor("returns", self.returns),
        visitor("bias", self.bias), visitor("recurrent_dropout", self.recurrent_dropout);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const {
    const SaturatedCount without_bias = recurrent_weight_count(3, units, RecurrentBias::none, inputs);
    if (bias == RecurrentBias::none) return without_bias;
    // b, of the blocks r and z b_h, and of n b_hn
    const Index biases = 3 + (bias == RecurrentBias::two ? 2 : 0) + (reset == GruReset::after_product ? 1 : 0);
    return without_bias + SaturatedCount(units) * biases;
  }

  template <class S>
  GruLayer<S> build(const BuildContext& context) const {
    require_recurrent_inputs<GruLayer<S>>(context, units);
    GruCell<S> cell(context.inputs[0].features, units, reset, bias);
    typename GruCell<S>::Parameters& p = cell.parameters;
    initialize_recurrent<S>(initialization, p, context.random);
    if (initialization == Initialization::pytorch && p.b_hn.size() > 0) {
      // The block n keeps PyTorch's two biases apart, so each of them is one draw.
      const double bound = 1 / std::sqrt(static_cast<double>(units));
      fill_uniform(p.b.data() + 2 * units, units, bound, context.random);
      fill_uniform(p.b_hn.data(), units, bound, context.random);
    }
    return GruLayer<S>(std::move(cell), returns, recurrent_dropout, context.where);
  }
};

}  // namespace tsattn
