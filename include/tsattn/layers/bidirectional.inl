#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/recurrent.inl>
#if defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#endif

namespace tsattn {

template <class L>
BidirectionalLayer<L>::BidirectionalLayer(L forward, L backward)
    : parameters_(std::move(forward), std::move(backward)) {
  const L &one = parameters_.forward_, &other = parameters_.backward_;
  if (one.features() != other.features() || one.hidden() != other.hidden() || one.returns() != other.returns())
    fail<ConfigError>(kWhere, "expected two layers of one size that return the same, got features = ", one.features(),
                      ", hidden = ", one.hidden(), ", returns = ", name_of(one.returns()),
                      " and features = ", other.features(), ", hidden = ", other.hidden(),
                      ", returns = ", name_of(other.returns()));
}

template <class L>
void BidirectionalLayer<L>::backward(Inputs<S> inputs, const Sequence<S>&, const Sequence<S>& dy, Cache& cache,
                                     Gradients& gradients, InputGradients<S> d_inputs) const {
  const Sequence<S>& x = inputs[0];
  const SampleShape y_shape = output_shape(std::array{x.shape().sample()});
  require_shape(kWhereBackward, "dy", dy, {y_shape.time, x.batch(), y_shape.features});
  parameters_.forward_.require_backward(kWhereBackward, x, cache.forward.layer, gradients.forward());
  parameters_.backward_.require_backward(kWhereBackward, x, cache.backward.layer, gradients.backward());

  const Index units = hidden(), last = dy.time() - 1;
  cache.forward.dy.resize({dy.time(), dy.batch(), units});
  cache.backward.dy.resize({dy.time(), dy.batch(), units});
  for (Index t = 0; t <= last; ++t) {
    cache.forward.dy.step(t) = dy.step(t).topRows(units);             // (4)
    cache.backward.dy.step(last - t) = dy.step(t).bottomRows(units);  // (4)
  }

  Sequence<S>* dx = d_inputs[0];
  std::array<Sequence<S>*, 1 + L::kStates> d_forward{dx}, d_backward{dx == nullptr ? nullptr : &cache.d_reversed_x};
  for (std::size_t s = 1; s < d_forward.size(); ++s) {
    d_forward[s] = d_inputs[static_cast<Index>(s)];
    d_backward[s] = d_inputs[L::kStates + static_cast<Index>(s)];
  }
  // The initial states are in the caches.
  parameters_.forward_.backward({&x}, cache.forward.y, cache.forward.dy, cache.forward.layer, gradients.forward(),
                                std::span<Sequence<S>* const>(d_forward));  // (5)
  parameters_.backward_.backward({&cache.reversed_x}, cache.backward.y, cache.backward.dy, cache.backward.layer,
                                 gradients.backward(), std::span<Sequence<S>* const>(d_backward));  // (5)
  if (dx == nullptr) return;
  for (Index t = 0; t < x.time(); ++t) dx->step(t) += cache.d_reversed_x.step(x.time() - 1 - t);  // (6)
}

template <class L>
auto BidirectionalLayer<L>::stream(const StreamContext& context) const -> StreamedLayer<S> {
  fail<ConfigError>(context.where, "expected layers that look back only, to run step by step; a bidirectional layer ",
                    "reads the series from its end too");
}

template <class L>
void BidirectionalLayer<L>::run(void (L::*call)(Inputs<S>, Sequence<S>&, typename L::Cache&) const, Inputs<S> inputs,
                                Sequence<S>& y, Cache& cache) const {
  require_run_inputs(kWhere, *this, inputs);
  const Sequence<S>& x = inputs[0];
  cache.reversed_x.resize(x.shape());
  for (Index t = 0; t < x.time(); ++t) cache.reversed_x.step(t) = x.step(x.time() - 1 - t);

  const std::size_t count = inputs.count() == 1 ? 1 : 1 + L::kStates;  // of each direction
  std::array<const Sequence<S>*, 1 + L::kStates> of_forward{&x}, of_backward{&cache.reversed_x};
  for (std::size_t s = 1; s < count; ++s) {
    of_forward[s] = &inputs[static_cast<Index>(s)];
    of_backward[s] = &inputs[L::kStates + static_cast<Index>(s)];
  }
  using Pointers = std::span<const Sequence<S>* const>;
  (parameters_.forward_.*call)(Pointers(of_forward).first(count), cache.forward.y, cache.forward.layer);      // (1)
  (parameters_.backward_.*call)(Pointers(of_backward).first(count), cache.backward.y, cache.backward.layer);  // (2)

  const Index units = hidden(), last = cache.forward.y.time() - 1;
  y.resize({last + 1, x.batch(), 2 * units});
  for (Index t = 0; t <= last; ++t) {
    y.step(t).topRows(units) = cache.forward.y.step(t);
    y.step(t).bottomRows(units) = cache.backward.y.step(last - t);
  }  // (3)
}

#if defined(TSATTN_COMPILED_LIBRARY)
template class BidirectionalLayer<RnnLayer<float>>;
template class BidirectionalLayer<RnnLayer<double>>;
template class BidirectionalLayer<LstmLayer<float>>;
template class BidirectionalLayer<LstmLayer<double>>;
template class BidirectionalLayer<GruLayer<float>>;
template class BidirectionalLayer<GruLayer<double>>;
#endif

}  // namespace tsattn
