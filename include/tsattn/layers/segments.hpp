#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// `width` steps side by side as one: a recurrent layer behind it takes 1 / width of the steps, and remembers as many
/// times further.
///   forward   (1) y_s = [x_{ws} ; x_{ws+1} ; ... ; x_{ws+w-1}],   s = 0, ..., T/w - 1
///   backward  (2) dx_{ws+i} = rows i F to (i + 1) F of dy_s
/// Source: Lin, Lin, Wu, Zhao & Mo 2023, "SegRNN: Segment recurrent neural network for long-term time series
/// forecasting", there for single features.
template <class S>
class SegmentsLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  explicit SegmentsLayer(Index width) : width_(width) {}

  Index width() const { return width_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    const SampleShape& x = inputs[0];
    return {x.time == kAnyTime ? kAnyTime : x.time / width_, width_ * x.features};
  }

  /// x [T, B, F] -> y [T / width, B, width F]. Throws ShapeError unless T is a multiple of the width.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
    const Sequence<S>& x = inputs[0];
    if (x.time() % width_ != 0)
      fail<ShapeError>("Segments", "expected a multiple of ", width_, " steps, got x = ", x.shape());
    y.resize({x.time() / width_, x.batch(), width_ * x.features()});
    for_each_step(x, y, [&](Index t, auto rows) { rows = x.step(t); });  // (1)
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const {
    require_shape("Segments::backward", "dy", dy, y.shape());
    Sequence<S>* dx = d_inputs[0];
    if (dx == nullptr) return;
    dx->resize(inputs[0].shape());
    for_each_step(*dx, dy, [&](Index t, auto rows) { dx->step(t) = rows; });  // (2)
  }

  /// A new y comes after every `width` steps.
  StreamedLayer<S> stream(const StreamContext& context) const {
    require_series(context, "segments");
    const StreamValue& x = context.inputs[0];
    return {std::make_unique<Stream>(width_, x.features, context.batch),
            {width_ * x.features, true, x.period * width_}};
  }

 private:
  /// Keeps the steps side by side until there are `width` of them.
  class Stream final : public StreamLayer<S> {
   public:
    Stream(Index width, Index features, Index batch) : width_(width), features_(features), batch_(batch) {}
    Index state_size() const override { return width_ * features_ * batch_; }
    void step(const StreamCall<S>& call) const noexcept override {
      const Index at = call.step % width_, column = width_ * features_;
      for (Index b = 0; b < batch_; ++b)
        std::copy_n(call.inputs[0] + b * features_, features_, call.state + b * column + at * features_);  // (1)
      if (at + 1 == width_) std::copy_n(call.state, state_size(), call.y);
    }

   private:
    Index width_, features_, batch_;
  };

  /// Calls visit(t, the rows of `segments` that hold step t of `steps`).
  template <class Segments, class Visit>
  void for_each_step(const Sequence<S>& steps, Segments& segments, const Visit& visit) const {
    const Index features = steps.features();
    for (Index t = 0; t < steps.time(); ++t)
      visit(t, segments.step(t / width_).middleRows(t % width_ * features, features));
  }

  Index width_;
  Parameters parameters_;
};

/// Describes a SegmentsLayer.
struct Segments {
  static constexpr std::string_view kKind = "segments";

  Index width = 1;  ///< steps that become one, at least 1
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("width", self.width);
  }

  template <class S>
  SegmentsLayer<S> build(const BuildContext& context) const {
    require_positive(context.where, "a width", width);
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
    const SampleShape& x = context.inputs[0];
    if (x.time != kAnyTime && x.time % width != 0)
      fail<ShapeError>(context.where, "expected a multiple of ", width, " steps, got x = ", x);
    return SegmentsLayer<S>(width);
  }
};

}  // namespace tsattn
