#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/kernels/dense/dense.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

/// W x + b of a few columns, with weights that are copied into the order in which the kernel reads them.
template <class S>
class PackedDense {
 public:
  PackedDense() = default;
  /// w [U, F]; b [U], or [0].
  PackedDense(const Matrix<S>& w, const Vector<S>& b) : features_(w.cols()), units_(w.rows()) {
    const Vector<S> zeros(units_);
    kernels::dense_pack(features_, units_, w.data(), b.size() > 0 ? b.data() : zeros.data(), weights_);
  }

  Index units() const { return units_; }
  /// x [F, batch] -> y [U, batch]
  void operator()(Index batch, const S* x, S* y) const noexcept {
    kernels::dense_forward<S>(
        weights_.instruction_set,
        {.features = features_, .units = units_, .batch = batch, .weights = weights_.values.data(), .x = x, .y = y});
  }

 private:
  Index features_ = 0, units_ = 0;
  kernels::PackedWeights<S> weights_;
};

/// A fully connected layer applied to every step: F features in, `units` (U) out.
///   forward   (1) y = W x + b
///   backward  (2) dW += dy x^T     (3) db += sum dy     (4) dx = W^T dy
/// Derivation: docs/layers/dense.md. `template` scalars: float, double.
template <class S>
class DenseLayer {
 public:
  using Scalar = S;

  struct Parameters {
    Matrix<S> w;  // [U, F]
    Vector<S> b;  // [U], or [0] without a bias

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w", self.w);
      if (self.b.size() > 0) visitor("b", self.b);
    }
  };
  using Gradients = Parameters;

  struct Cache {};

  /// Zero weights. Throws ConfigError for sizes below 1.
  DenseLayer(Index features, Index units, bool bias = true) {
    require_positive("Dense", "features", features);
    require_positive("Dense", "units", units);
    parameters_ = {Matrix<S>(units, features), Vector<S>(bias ? units : 0)};
  }

  Index features() const { return parameters_.w.cols(); }
  Index units() const { return parameters_.w.rows(); }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {inputs[0].time, units()}; }

  /// x [T, B, F] -> y [T, B, U]. Throws ShapeError if x has other features.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
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

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients& gradients,
                InputGradients<S> d_inputs) const {
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
      kernels::add_transposed_product(features(), columns, units(), parameters_.w.data(), units(), dy.data(), 1,
                                      units(), dx->data(), features());  // (4)
    }
  }

  StreamedLayer<S> stream(const StreamContext& context) const {
    StreamValue output = context.inputs[0];
    output.features = units();
    auto run = [product = PackedDense<S>(parameters_.w, parameters_.b),
                batch = context.batch](const StreamCall<S>& call) { product(batch, call.inputs[0], call.y); };
    return {stateless_stream<S>(std::move(run)), output};
  }

  /// torch.nn.Linear, or Keras' Dense.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const {
    const ForeignTensor w("w", parameters_.w), b("b", parameters_.b);
    const bool is_pytorch = context.library == ForeignLibrary::pytorch;
    ForeignForm form;
    form.arrays = {is_pytorch ? ForeignArray::whole("weight", w) : ForeignArray::transposed("kernel", w)};
    if (b.rows > 0) form.arrays.push_back(ForeignArray::whole("bias", b));
    form.found_by = {form.arrays[0].name};
    form.not_with = {"recurrent_kernel"};
    return {form};
  }

  EmbeddedLayer embed(const EmbedContext&) const {
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

 private:
  Parameters parameters_;
};

/// Describes a DenseLayer.
struct Dense {
  static constexpr std::string_view kKind = "dense";

  Index units = 0;
  bool bias = true;
  Initialization initialization = Initialization::keras;
  std::string name = {};  ///< in the model; empty: "dense", "dense_2", ...

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("units", self.units), visitor("bias", self.bias);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const { return (inputs.features(0) + (bias ? 1 : 0)) * units; }

  /// Throws ConfigError for units below 1, ShapeError unless there is one input.
  template <class S>
  DenseLayer<S> build(const BuildContext& context) const {
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
    require_positive(context.where, "units", units);
    DenseLayer<S> layer(context.inputs[0].features, units, bias);
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
};

}  // namespace tsattn
