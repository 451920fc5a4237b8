#pragma once

#include <algorithm>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/last_step.hpp>

namespace tsattn {

template <class S>
void LastStepLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
  const Sequence<S>& x = inputs[0];
  if (x.time() < 1) fail<ShapeError>("LastStep", "expected x with at least one step, got x = ", x.shape());
  y.resize({1, x.batch(), x.features()});
  std::copy_n(x.step_data(x.time() - 1), y.size(), y.data());  // (1)
}

template <class S>
void LastStepLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                                InputGradients<S> d_inputs) const {
  require_shape("LastStep::backward", "dy", dy, y.shape());
  Sequence<S>* dx = d_inputs[0];
  if (dx == nullptr) return;
  dx->resize(inputs[0].shape());
  dx->fill(0);
  std::copy_n(dy.data(), dy.size(), dx->step_data(dx->time() - 1));  // (2)
}

template <class S>
StreamedLayer<S> LastStepLayer<S>::stream(const StreamContext& context) const {
  StreamValue output = context.inputs[0];
  output.is_series = false;
  return pass_stream<S>(context, output);
}

template <class S>
LastStepLayer<S> LastStep::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
  return {};
}

TSATTN_LIBRARY_LAYER(LastStep, LastStepLayer);

}  // namespace tsattn
