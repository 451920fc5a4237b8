#pragma once

#include <utility>

#include <tsattn/core/checks.hpp>
#include <tsattn/kernels/lstm/lstm.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent.inl>

namespace tsattn {

template <class S>
LstmCell<S>::LstmCell(Index features, Index hidden, RecurrentBias bias, std::string_view where) {
  require_positive(where, "features", features);
  require_positive(where, "hidden", hidden);
  parameters = {Matrix<S>(4 * hidden, features), Matrix<S>(4 * hidden, hidden),
                Vector<S>(bias == RecurrentBias::none ? 0 : 4 * hidden),
                Vector<S>(bias == RecurrentBias::two ? 4 * hidden : 0)};
}

template <class S>
void LstmCell<S>::pack(kernels::PackedWeights<S>& out) const {
  const Parameters& p = parameters;
  const S* b = total_bias(p.w_x.rows(), p.b, p.b_h, out.bias);
  kernels::lstm_pack(p.w_x.cols(), p.w_h.cols(), p.w_x.data(), p.w_h.data(), b, out);
}

template <class S>
void LstmCell<S>::forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const {
  kernels::lstm_forward(packed_for, step);  // (1)-(4)
}

template <class S>
EmbeddedLayer LstmCell<S>::embed() const {
  const Parameters& p = parameters;
  const Index hidden = p.w_h.cols();
  EmbeddedLayer layer{.type = embedded_type("Lstm", p.w_x.cols(), hidden), .part = "lstm", .state = 3 * hidden};
  append_embedded_panels(hidden, total_bias_in_float(4 * hidden, p.b, p.b_h), in_float(p.w_x), in_float(p.w_h), 0, 4,
                         layer.weights);
  return layer;
}

template <class S>
void LstmCell<S>::pack_backward(kernels::PackedWeights<S>& out) const {
  kernels::lstm_pack_backward(parameters.w_h.cols(), parameters.w_h.data(), out);
}

template <class S>
void LstmCell<S>::backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const {
  kernels::lstm_backward(packed_for, step);  // (5)-(7)
}

template <class S>
void LstmCell<S>::add_products_of_dh(Index batch, const S* deltas, S* dh) const {
  const Index hidden = parameters.w_h.cols(), rows = 4 * hidden;
  kernels::add_transposed_product(hidden, batch, rows, parameters.w_h.data(), rows, deltas, 1, rows, dh, hidden);
}

template <class S>
void LstmCell<S>::add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S*, const S* h_prev,
                                          Parameters& gradients) const {
  kernels::add_product(4 * hidden, hidden, columns, deltas, 4 * hidden, h_prev, hidden, 1, gradients.w_h.data(),
                       4 * hidden);  // (8)
}

TSATTN_LIBRARY_FUNCTION SaturatedCount Lstm::weight_count(const InputSizes& inputs) const {
  return recurrent_weight_count(4, units, bias, inputs);
}

template <class S>
LstmLayer<S> Lstm::build(const BuildContext& context) const {
  require_recurrent_inputs<LstmLayer<S>>(context, units);
  LstmCell<S> cell(context.inputs[0].features, units, bias, context.where);
  typename LstmCell<S>::Parameters& p = cell.parameters;
  initialize_recurrent<S>(initialization, p, context.random);
  if (initialization == Initialization::keras && p.b.size() > 0)
    p.b.map().segment(units, units).setOnes();  // unit forget bias: Jozefowicz, Zaremba & Sutskever 2015
  return LstmLayer<S>(std::move(cell), returns, recurrent_dropout, context.where);
}

TSATTN_LIBRARY_INSTANCE(struct LstmCell);
TSATTN_LIBRARY_BUILD(Lstm, LstmLayer);
#if defined(TSATTN_COMPILED_LIBRARY)
template class Recurrent<LstmCell<float>>;
template class Recurrent<LstmCell<double>>;
#endif
TSATTN_LIBRARY_HELD_LAYER(LstmLayer);

}  // namespace tsattn
