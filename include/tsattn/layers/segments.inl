#pragma once

#include <algorithm>
#include <memory>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/segments.hpp>

namespace tsattn {

/// Keeps the steps side by side until there are `width` of them.
template <class S>
class SegmentsLayer<S>::Stream final : public StreamLayer<S> {
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

template <class S>
SampleShape SegmentsLayer<S>::output_shape(std::span<const SampleShape> inputs) const {
  const SampleShape& x = inputs[0];
  return {x.time == kAnyTime ? kAnyTime : x.time / width_, width_ * x.features};
}

template <class S>
void SegmentsLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
  const Sequence<S>& x = inputs[0];
  if (x.time() % width_ != 0)
    fail<ShapeError>("Segments", "expected a multiple of ", width_, " steps, got x = ", x.shape());
  y.resize({x.time() / width_, x.batch(), width_ * x.features()});
  for_each_step(x, y, [&](Index t, auto rows) { rows = x.step(t); });  // (1)
}

template <class S>
void SegmentsLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                                InputGradients<S> d_inputs) const {
  require_shape("Segments::backward", "dy", dy, y.shape());
  Sequence<S>* dx = d_inputs[0];
  if (dx == nullptr) return;
  dx->resize(inputs[0].shape());
  for_each_step(*dx, dy, [&](Index t, auto rows) { dx->step(t) = rows; });  // (2)
}

template <class S>
StreamedLayer<S> SegmentsLayer<S>::stream(const StreamContext& context) const {
  require_series(context, "segments");
  const StreamValue& x = context.inputs[0];
  return {std::make_unique<Stream>(width_, x.features, context.batch), {width_ * x.features, true, x.period * width_}};
}

template <class S>
template <class Segments, class Visit>
void SegmentsLayer<S>::for_each_step(const Sequence<S>& steps, Segments& segments, const Visit& visit) const {
  const Index features = steps.features();
  for (Index t = 0; t < steps.time(); ++t)
    visit(t, segments.step(t / width_).middleRows(t % width_ * features, features));
}

template <class S>
SegmentsLayer<S> Segments::build(const BuildContext& context) const {
  require_positive(context.where, "a width", width);
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
  const SampleShape& x = context.inputs[0];
  if (x.time != kAnyTime && x.time % width != 0)
    fail<ShapeError>(context.where, "expected a multiple of ", width, " steps, got x = ", x);
  return SegmentsLayer<S>(width);
}

TSATTN_LIBRARY_LAYER(Segments, SegmentsLayer);

}  // namespace tsattn
