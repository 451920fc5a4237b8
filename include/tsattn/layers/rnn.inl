#pragma once

#include <utility>

#include <tsattn/core/checks.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/rnn/rnn.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/recurrent.inl>
#include <tsattn/layers/rnn.hpp>

namespace tsattn {

template <class S>
RnnCell<S>::RnnCell(Index features, Index hidden, RecurrentBias bias, std::string_view where) {
  require_positive(where, "features", features);
  require_positive(where, "hidden", hidden);
  parameters = {Matrix<S>(hidden, features), Matrix<S>(hidden, hidden),
                Vector<S>(bias == RecurrentBias::none ? 0 : hidden),
                Vector<S>(bias == RecurrentBias::two ? hidden : 0)};
}

template <class S>
void RnnCell<S>::pack(kernels::PackedWeights<S>& out) const {
  const Parameters& p = parameters;
  const S* b = total_bias(p.w_x.rows(), p.b, p.b_h, out.bias);
  kernels::rnn_pack(p.w_x.cols(), p.w_h.cols(), p.w_x.data(), p.w_h.data(), b, out);
}

template <class S>
void RnnCell<S>::forward(InstructionSet packed_for, const kernels::StepForward<S>& step) const {
  kernels::rnn_forward(packed_for, step);  // (1), (2)
}

template <class S>
EmbeddedLayer RnnCell<S>::embed() const {
  const Parameters& p = parameters;
  const Index hidden = p.w_h.cols();
  EmbeddedLayer layer{.type = embedded_type("Rnn", p.w_x.cols(), hidden), .part = "rnn", .state = 2 * hidden};
  append_embedded_panels(hidden, total_bias_in_float(hidden, p.b, p.b_h), in_float(p.w_x), in_float(p.w_h), 0, 1,
                         layer.weights);
  return layer;
}

template <class S>
void RnnCell<S>::pack_backward(kernels::PackedWeights<S>& out) const {
  kernels::rnn_pack_backward(parameters.w_h.cols(), parameters.w_h.data(), out);
}

template <class S>
void RnnCell<S>::backward(InstructionSet packed_for, const kernels::StepBackward<S>& step) const {
  kernels::rnn_backward(packed_for, step);  // (3), (4)
}

template <class S>
void RnnCell<S>::add_products_of_dh(Index batch, const S* deltas, S* dh) const {
  const Index hidden = parameters.w_h.cols();
  kernels::add_transposed_product(hidden, batch, hidden, parameters.w_h.data(), hidden, deltas, 1, hidden, dh, hidden);
}

template <class S>
void RnnCell<S>::add_recurrent_gradients(Index hidden, Index columns, const S* deltas, const S*, const S* h_prev,
                                         Parameters& gradients) const {
  kernels::add_product(hidden, hidden, columns, deltas, hidden, h_prev, hidden, 1, gradients.w_h.data(),
                       hidden);  // (5)
}

TSATTN_LIBRARY_FUNCTION SaturatedCount Rnn::weight_count(const InputSizes& inputs) const {
  return recurrent_weight_count(1, units, bias, inputs);
}

template <class S>
RnnLayer<S> Rnn::build(const BuildContext& context) const {
  require_recurrent_inputs<RnnLayer<S>>(context, units);
  RnnCell<S> cell(context.inputs[0].features, units, bias, context.where);
  initialize_recurrent<S>(initialization, cell.parameters, context.random);
  return RnnLayer<S>(std::move(cell), returns, recurrent_dropout, context.where);
}

TSATTN_LIBRARY_INSTANCE(struct RnnCell);
TSATTN_LIBRARY_BUILD(Rnn, RnnLayer);
#if defined(TSATTN_COMPILED_LIBRARY)
template class Recurrent<RnnCell<float>>;
template class Recurrent<RnnCell<double>>;
#endif
TSATTN_LIBRARY_HELD_LAYER(RnnLayer);

}  // namespace tsattn
