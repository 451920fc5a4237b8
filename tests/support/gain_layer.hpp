#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

/// A layer of a user's own, written as a user writes it, with everything that a layer can do.
namespace tsattn::test {

/// Every feature by a factor of its own, and a constant: y = g * x + shift.
///   backward   dg += sum dy * x,   dx = g * dy
template <class S>
class GainLayer {
 public:
  using Scalar = S;

  struct Parameters {
    Vector<S> g;  // [F]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("g", self.g);
    }
  };
  using Gradients = Parameters;

  struct Cache {};

  /// Zero weights.
  GainLayer(Index features, double shift) : shift_(static_cast<S>(shift)) { parameters_.g = Vector<S>(features); }

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }

  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
    require_features("Gain", "x", inputs[0], parameters_.g.size());
    y.resize(inputs[0].shape());
    y.flat() = ((parameters_.g.map().asDiagonal() * inputs[0].flat()).array() + shift_).matrix();
  }
  void infer(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const { forward(inputs, y, cache); }
  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients& gradients,
                InputGradients<S> d_inputs) const {
    require_shape("Gain::backward", "dy", dy, y.shape());
    gradients.g.map() += dy.flat().cwiseProduct(inputs[0].flat()).rowwise().sum();
    if (Sequence<S>* dx = d_inputs[0]) {
      dx->resize(dy.shape());
      dx->flat() = parameters_.g.map().asDiagonal() * dy.flat();
    }
  }

  StreamedLayer<S> stream(const StreamContext& context) const {
    const auto run = [g = parameters_.g, shift = shift_, batch = context.batch](const StreamCall<S>& call) {
      for (Index i = 0; i < g.size() * batch; ++i) call.y[i] = g(i % g.size()) * call.inputs[0][i] + shift;
    };
    return {stateless_stream<S>(run), context.inputs[0]};
  }

  /// A module with the parameter `weight` in PyTorch, a layer with the weight `gamma` in Keras.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const {
    const std::string name = context.library == ForeignLibrary::pytorch ? "weight" : "gamma";
    ForeignForm form;
    form.arrays = {ForeignArray::whole(name, {"g", parameters_.g})};
    form.found_by = {name};
    return {form};
  }

 private:
  S shift_;
  Parameters parameters_;
};

/// Describes a GainLayer.
struct Gain {
  static constexpr std::string_view kKind = "gain";

  double shift = 0;
  Initialization initialization = Initialization::keras;  ///< all factors 1, or zeros
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("shift", self.shift);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const { return inputs.features(0); }

  template <class S>
  GainLayer<S> build(const BuildContext& context) const {
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
    GainLayer<S> layer(context.inputs[0].features, shift);
    layer.parameters().g.fill(initialization == Initialization::zeros ? S(0) : S(1));
    return layer;
  }
};

/// A layer that can do nothing but what every layer must: its other abilities are hidden.
template <class S>
class SilentLayer : public GainLayer<S> {
 public:
  explicit SilentLayer(Index features) : GainLayer<S>(features, 0) {}

 private:
  using GainLayer<S>::foreign_arrays;
  using GainLayer<S>::stream;
};

/// Describes a SilentLayer.
struct Silent {
  static constexpr std::string_view kKind = "silent";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  SilentLayer<S> build(const BuildContext& context) const {
    return SilentLayer<S>(context.inputs[0].features);
  }
};

}  // namespace tsattn::test
