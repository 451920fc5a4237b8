#pragma once

#include <algorithm>
#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/kernels/activation/activation.hpp>
#include <tsattn/layers/activation.hpp>

namespace tsattn {

template <class S>
void ActivationLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {  // (1)
  const Sequence<S>& x = inputs[0];
  y.resize(x.shape());
  apply(function_, x.size(), x.data(), y.data());
}

template <class S>
void ActivationLayer<S>::backward(Inputs<S>, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                                  InputGradients<S> d_inputs) const {  // (2)
  require_shape("Activation::backward", "dy", dy, y.shape());
  Sequence<S>* dx = d_inputs[0];
  if (dx == nullptr) return;
  dx->resize(y.shape());
  switch (function_) {
    case ActivationFunction::identity:
      std::copy_n(dy.data(), dy.size(), dx->data());
      break;
    case ActivationFunction::tanh:
      kernels::tanh_backward(y.size(), y.data(), dy.data(), dx->data());
      break;
    case ActivationFunction::sigmoid:
      kernels::sigmoid_backward(y.size(), y.data(), dy.data(), dx->data());
      break;
    case ActivationFunction::relu:
      kernels::relu_backward(y.size(), y.data(), dy.data(), dx->data());
      break;
  }
}

template <class S>
StreamedLayer<S> ActivationLayer<S>::stream(const StreamContext& context) const {
  const auto run = [function = function_, size = context.batch * context.inputs[0].features](
                       const StreamCall<S>& call) { apply(function, size, call.inputs[0], call.y); };
  return {stateless_stream<S>(run), context.inputs[0]};
}

template <class S>
EmbeddedLayer ActivationLayer<S>::embed(const EmbedContext& context) const {
  if (function_ == ActivationFunction::identity) return {};
  const std::string_view name = function_ == ActivationFunction::tanh      ? "Tanh"
                                : function_ == ActivationFunction::sigmoid ? "Sigmoid"
                                                                           : "Relu";
  return {.type = embedded_type(name, context.features),
          .part = "activation",
          .outputs = context.features,
          .state = context.features};
}

template <class S>
void ActivationLayer<S>::apply(ActivationFunction function, Index size, const S* x, S* y) {
  switch (function) {
    case ActivationFunction::identity:
      std::copy_n(x, size, y);
      break;
    case ActivationFunction::tanh:
      kernels::tanh_forward(size, x, y);
      break;
    case ActivationFunction::sigmoid:
      kernels::sigmoid_forward(size, x, y);
      break;
    case ActivationFunction::relu:
      kernels::relu_forward(size, x, y);
      break;
  }
}

template <class S>
ActivationLayer<S> Activation::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
  return ActivationLayer<S>(function);
}

TSATTN_LIBRARY_LAYER(Activation, ActivationLayer);

}  // namespace tsattn
