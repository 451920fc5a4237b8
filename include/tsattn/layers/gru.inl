#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/kernels/gru/gru.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/recurrent.inl>

namespace tsattn {

template <class S>
GruCell<S>::GruCell(Index features, Index hidden, GruReset gru_reset, RecurrentBias bias, std::string_view where)
    : reset(gru_reset) {
  require_positive(where, "features", features);
  require_positive(where, "hidden", hidden);
  parameters = {Matrix<S>(3 * hidden, features), Matrix<S>(3 * hidden, hidden),
                Vector<S>(bias == RecurrentBias::none ? 0 : 3 * hidden),
                Vector<S>(bias == RecurrentBias::two ? 2 * hidden : 0),
                Vector<S>(reset == GruReset::after_product && bias != RecurrentBias::none ? hidden : 0)};
}

template <class S>
void GruCell<S>::require_counterpart(const ForeignContext& context) const {
  if (context.library == ForeignLibrary::pytorch && reset == GruReset::before_product)
    fail<ConfigError>(context.where, "expected the layer ", context.layer,
                      " with its reset after the product, where PyTorch has it, got before_product; train it anew "
                      "with GruReset::after_product");
}

template <class S>
void GruCell<S>::pack(kernels::PackedWeights<S>& out) const {
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

template <class S>
void GruCell<S>::forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const {
  if (reset == GruReset::after_product) {
    kernels::gru_after_forward(packed_for, step);  // (1)-(4)
  } else {
    kernels::gru_before_forward(packed_for, step);  // (1)-(4)
  }
}

template <class S>
EmbeddedLayer GruCell<S>::embed() const {
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

template <class S>
void GruCell<S>::pack_backward(kernels::PackedWeights<S>& out) const {
  const Index hidden = parameters.w_h.cols();
  if (reset == GruReset::after_product) {
    kernels::gru_after_pack_backward(hidden, parameters.w_h.data(), out);
  } else {
    kernels::gru_before_pack_backward(hidden, parameters.w_h.data(), out);
  }
}

template <class S>
void GruCell<S>::backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const {
  if (reset == GruReset::after_product) {
    kernels::gru_after_backward(packed_for, step);  // (5)-(8)
  } else {
    kernels::gru_before_backward(packed_for, step);  // (5)-(8)
  }
}

template <class S>
void GruCell<S>::add_products_of_dh(Index batch, const S* deltas, S* dh) const {
  const Index hidden = parameters.w_h.cols(), rows = 3 * hidden, delta_rows = kDeltas * hidden;
  const S* w_h = parameters.w_h.data();
  kernels::add_transposed_product(hidden, batch, 2 * hidden, w_h, rows, deltas, 1, delta_rows, dh, hidden);
  if (reset == GruReset::after_product)
    kernels::add_transposed_product(hidden, batch, hidden, w_h + 2 * hidden, rows, deltas + 3 * hidden, 1, delta_rows,
                                    dh, hidden);
}

template <class S>
void GruCell<S>::add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S* saved, const S* h_prev,
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

TSATTN_LIBRARY_FUNCTION SaturatedCount Gru::weight_count(const InputSizes& inputs) const {
  const SaturatedCount without_bias = recurrent_weight_count(3, units, RecurrentBias::none, inputs);
  if (bias == RecurrentBias::none) return without_bias;
  // b, of the blocks r and z b_h, and of n b_hn
  const Index biases = 3 + (bias == RecurrentBias::two ? 2 : 0) + (reset == GruReset::after_product ? 1 : 0);
  return without_bias + SaturatedCount(units) * biases;
}

template <class S>
GruLayer<S> Gru::build(const BuildContext& context) const {
  require_recurrent_inputs<GruLayer<S>>(context, units);
  GruCell<S> cell(context.inputs[0].features, units, reset, bias, context.where);
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

TSATTN_LIBRARY_INSTANCE(struct GruCell);
TSATTN_LIBRARY_BUILD(Gru, GruLayer);
#if defined(TSATTN_COMPILED_LIBRARY)
template class Recurrent<GruCell<float>>;
template class Recurrent<GruCell<double>>;
#endif
TSATTN_LIBRARY_HELD_LAYER(GruLayer);

}  // namespace tsattn
