#pragma once

#include <algorithm>
#include <cstddef>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/add.hpp>

namespace tsattn {

template <class S>
void AddLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
  y.resize(inputs[0].shape());
  std::copy_n(inputs[0].data(), y.size(), y.data());
  for (Index i = 1; i < inputs.count(); ++i) {
    require_shape("Add", "an input", inputs[i], y.shape());
    y.flat() += inputs[i].flat();  // (1)
  }
}

template <class S>
void AddLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                           InputGradients<S> d_inputs) const {
  require_shape("Add::backward", "dy", dy, y.shape());
  for (Index i = 0; i < inputs.count(); ++i)
    if (Sequence<S>* dx = d_inputs[i]) *dx = dy;  // (2)
}

template <class S>
StreamedLayer<S> AddLayer<S>::stream(const StreamContext& context) const {
  const auto run = [size = context.batch * context.inputs[0].features](const StreamCall<S>& call) {
    std::copy_n(call.inputs[0], size, call.y);
    for (std::size_t i = 1; i < call.inputs.size(); ++i) kernels::add(size, call.inputs[i], call.y);  // (1)
  };
  return {stateless_stream<S>(run), context.inputs[0]};
}

template <class S>
AddLayer<S> Add::build(const BuildContext& context) const {
  const SampleShape shape{common_time(context.inputs), context.inputs.empty() ? 0 : context.inputs[0].features};
  require_several(
      context,
      [&](const SampleShape& input) { return may_agree(input.time, shape.time) && input.features == shape.features; },
      "one shape");
  return {};
}

TSATTN_LIBRARY_LAYER(Add, AddLayer);

}  // namespace tsattn
