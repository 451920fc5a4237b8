#pragma once

#include <cmath>
#include <utility>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/packed_dense.hpp>

namespace tsattn {

template <class S>
DenseLayer<S>::DenseLayer(Index features, Index units, bool bias, std::string_view where) {
  require_positive(where, "features", features);
  require_positive(where, "units", units);
  parameters_ = {Matrix<S>(units, features), Vector<S>(bias ? units : 0)};
}

template <class S>
void DenseLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
  const Sequence<S>& x = inputs[0];
  require_features("Dense", "x", x, features());
  const Index columns = x.time() * x.batch();
  y.resize({x.time(), x.batch(), units()});
  if (parameters_.b.size() > 0) {
    kernels::repeat_column(units(), columns, parameters_.b.data(), y.data());
  } else {
    y.fill(0);
  }
  kernels::add_product(units(), columns, features(), parameters_.w.data(), units(), x.data(), 1, features(), y.data(),
                       units());  // (1)
}

template <class S>
void DenseLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&,
                             Gradients& gradients, InputGradients<S> d_inputs) const {
  const Sequence<S>& x = inputs[0];
  require_shape("Dense::backward", "dy", dy, y.shape());
  const Index columns = x.time() * x.batch();
  kernels::add_product(units(), features(), columns, dy.data(), units(), x.data(), features(), 1, gradients.w.data(),
                       units());  // (2)
  if (gradients.b.size() > 0)
    kernels::add_column_sums(units(), columns, dy.data(), units(), gradients.b.data());  // (3)
  if (Sequence<S>* dx = d_inputs[0]) {
    dx->resize(x.shape());
    dx->fill(0);
    kernels::add_transposed_product(features(), columns, units(), parameters_.w.data(), units(), dy.data(), 1, units(),
                                    dx->data(), features());  // (4)
  }
}

template <class S>
StreamedLayer<S> DenseLayer<S>::stream(const StreamContext& context) const {
  StreamValue output = context.inputs[0];
  output.features = units();
  auto run = [product = PackedDense<S>(parameters_.w, parameters_.b),
              batch = context.batch](const StreamCall<S>& call) { product(batch, call.inputs[0], call.y); };
  return {stateless_stream<S>(std::move(run)), output};
}

template <class S>
std::vector<ForeignForm> DenseLayer<S>::foreign_arrays(const ForeignContext& context) const {
  const ForeignTensor w("w", parameters_.w), b("b", parameters_.b);
  const bool is_pytorch = context.library == ForeignLibrary::pytorch;
  ForeignForm form;
  form.arrays = {is_pytorch ? ForeignArray::whole("weight", w) : ForeignArray::transposed("kernel", w)};
  if (b.rows > 0) form.arrays.push_back(ForeignArray::whole("bias", b));
  form.found_by = {form.arrays[0].name};
  form.not_with = {"recurrent_kernel"};
  return {form};
}

template <class S>
EmbeddedLayer DenseLayer<S>::embed(const EmbedContext&) const {
  const Matrix<float> w = in_float(parameters_.w);
  const std::vector<float> b = total_bias_in_float(units(), parameters_.b);
  EmbeddedLayer layer{
      .type = embedded_type("Dense", features(), units()), .part = "dense", .outputs = units(), .state = units()};
  if (units() >= static_cast<Index>(embedded::kFewestUnitsOfPanels)) {
    append_embedded_panels(units(), b, w, {}, 0, 1, layer.weights);
    return layer;
  }
  layer.weights = b;
  for (Index unit = 0; unit < units(); ++unit)
    for (Index column = 0; column < features(); ++column) layer.weights.push_back(w(unit, column));
  return layer;
}

template <class S>
DenseLayer<S> Dense::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
  DenseLayer<S> layer(context.inputs[0].features, units, bias, context.where);
  typename DenseLayer<S>::Parameters& p = layer.parameters();
  if (initialization == Initialization::keras) {
    fill_glorot_uniform(p.w, context.random);
  } else if (initialization == Initialization::pytorch) {
    const double bound = 1 / std::sqrt(static_cast<double>(layer.features()));
    fill_uniform(p.w.data(), p.w.size(), bound, context.random);
    fill_uniform(p.b.data(), p.b.size(), bound, context.random);
  }
  return layer;
}

TSATTN_LIBRARY_LAYER(Dense, DenseLayer);

}  // namespace tsattn
