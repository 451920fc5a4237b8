#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/recurrent_description.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>
#include <tsattn/layers/weight_count.hpp>

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

  /// Makes a cell of zero weights. Throws ConfigError, from `where`, for sizes below 1.
  GruCell(Index features, Index hidden, GruReset gru_reset = GruReset::after_product,
          RecurrentBias bias = RecurrentBias::one, std::string_view where = kWhere);

  /// Throws ConfigError where PyTorch's GRU is another one.
  void require_counterpart(const ForeignContext& context) const;

  void pack(kernels::PackedWeights<S>& out) const;
  void forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const;
  EmbeddedLayer embed() const;

  void pack_backward(kernels::PackedWeights<S>& out) const;
  void backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const;
  /// The products of (8) with the deltas of step 1: dh [H, batch] becomes dL/dh_0.
  void add_products_of_dh(Index batch, const S* deltas, S* dh) const;

  /// Over `columns` = T B columns: deltas [4H, columns], saved (q or m) and h_prev [H, columns].
  void add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S* saved, const S* h_prev,
                               Parameters& gradients) const;
};

template <class S>
using GruLayer = Recurrent<GruCell<S>>;

TSATTN_COMPILED_LAYER(GruLayer);

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

  SaturatedCount weight_count(const InputSizes& inputs) const;

  template <class S>
  GruLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/gru.inl>
#endif
