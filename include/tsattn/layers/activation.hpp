#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/kernels/activation/activation.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

enum class ActivationFunction { identity, tanh, sigmoid, relu };

template <>
struct EnumNames<ActivationFunction> {
  static constexpr std::string_view kOption = "activation";
  static constexpr std::pair<std::string_view, ActivationFunction> kNames[] = {
      {"identity", ActivationFunction::identity},
      {"tanh", ActivationFunction::tanh},
      {"sigmoid", ActivationFunction::sigmoid},
      {"relu", ActivationFunction::relu}};
};

/// An elementwise function.
///   forward   (1) y = f(x)
///   backward  (2) dx = dy * f'(x), each derivative written in terms of y:
///             identity 1, tanh 1 - y^2, sigmoid y (1 - y), relu 1 where y > 0 and 0 elsewhere
template <class S>
class ActivationLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  explicit ActivationLayer(ActivationFunction function) : function_(function) {}

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }

  /// x -> y of the same shape.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {  // (1)
    const Sequence<S>& x = inputs[0];
    y.resize(x.shape());
    apply(function_, x.size(), x.data(), y.data());
  }

  void backward(Inputs<S>, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
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

  StreamedLayer<S> stream(const StreamContext& context) const {
    const auto run = [function = function_, size = context.batch * context.inputs[0].features](
                         const StreamCall<S>& call) { apply(function, size, call.inputs[0], call.y); };
    return {stateless_stream<S>(run), context.inputs[0]};
  }

  EmbeddedLayer embed(const EmbedContext& context) const {
    if (function_ == ActivationFunction::identity) return {};
    const std::string_view name = function_ == ActivationFunction::tanh      ? "Tanh"
                                  : function_ == ActivationFunction::sigmoid ? "Sigmoid"
                                                                             : "Relu";
    return {.type = embedded_type(name, context.features),
            .part = "activation",
            .outputs = context.features,
            .state = context.features};
  }

 private:
  static void apply(ActivationFunction function, Index size, const S* x, S* y) {
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

  ActivationFunction function_;
  Parameters parameters_;
};

/// Describes an ActivationLayer.
struct Activation {
  static constexpr std::string_view kKind = "activation";

  ActivationFunction function = ActivationFunction::identity;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("function", self.function);
  }

  template <class S>
  ActivationLayer<S> build(const BuildContext& context) const {
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
    return ActivationLayer<S>(function);
  }
};

}  // namespace tsattn
