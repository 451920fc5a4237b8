#pragma once

#include <algorithm>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/dropout.hpp>

namespace tsattn {

template <class S>
void DropoutLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
  cache.mask = cache.random.split();
  y.resize(inputs[0].shape());
  apply_mask(cache.mask, inputs[0], y);  // (1)
}

template <class S>
void DropoutLayer<S>::infer(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
  const Sequence<S>& x = inputs[0];
  y.resize(x.shape());
  std::copy_n(x.data(), x.size(), y.data());
}

template <class S>
void DropoutLayer<S>::backward(Inputs<S>, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients&,
                               InputGradients<S> d_inputs) const {
  require_shape("Dropout::backward", "dy", dy, y.shape());
  Sequence<S>* dx = d_inputs[0];
  if (dx == nullptr) return;
  dx->resize(y.shape());
  apply_mask(cache.mask, dy, *dx);  // (2)
}

template <class S>
void DropoutLayer<S>::apply_mask(const Random& mask, const Sequence<S>& from, Sequence<S>& to) const {
  if (mask_.drops_nothing()) {
    std::copy_n(from.data(), from.size(), to.data());
  } else if (is_shared_) {
    const Index step = from.batch() * from.features();
    for (Index t = 0; t < from.time(); ++t) mask_.apply(mask, step, from.step_data(t), to.step_data(t));
  } else {
    mask_.apply(mask, from.size(), from.data(), to.data());
  }
}

template <class S>
DropoutLayer<S> Dropout::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
  return DropoutLayer<S>(rate, shared_over_time, context.where);
}

TSATTN_LIBRARY_LAYER(Dropout, DropoutLayer);

}  // namespace tsattn
