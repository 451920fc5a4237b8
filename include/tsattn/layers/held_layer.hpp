#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

/// A layer of any type behind an interface, for AnyLayer (model/any_layer.hpp). What a layer lacks of its abilities is
/// an error here, that names the ability.
namespace tsattn {

/// What one layer writes while it runs: its cache and the gradients of its parameters. A workspace owns one per layer.
template <class S>
class LayerRun {
 public:
  virtual ~LayerRun() = default;
  virtual void append_gradients(std::string_view prefix, std::vector<NamedTensor<S>>& list) = 0;
  /// The attention weights of the last run [Tq, B, Tk], or null if the layer has none.
  virtual const Sequence<S>* attention_weights() const = 0;
  /// Decides what the layer draws in the runs that follow; nothing for a layer that draws nothing.
  virtual void seed(std::uint64_t seed) = 0;
};

/// What every layer can be asked, see AnyLayer.
template <class S>
class LayerInterface {
 public:
  virtual ~LayerInterface() = default;
  virtual std::unique_ptr<LayerInterface> clone() const = 0;
  virtual std::unique_ptr<LayerRun<S>> make_run() const = 0;
  virtual void append_parameters(std::string_view prefix, std::vector<NamedTensor<S>>& list) = 0;
  virtual void append_parameters(std::string_view prefix, std::vector<NamedTensor<const S>>& list) const = 0;
  virtual Index parameter_count() const = 0;
  virtual std::uint64_t fingerprint() const = 0;
  virtual SampleShape output_shape(std::span<const SampleShape> inputs) const = 0;
  virtual std::span<const std::string_view> further_values() const = 0;
  virtual SampleShape further_shape(Index i, std::span<const SampleShape> inputs) const = 0;
  virtual void further_value(Index i, const LayerRun<S>& run, Sequence<S>& value) const = 0;
  virtual StreamedLayer<S> stream(const StreamContext& context) const = 0;
  virtual std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const = 0;
  virtual EmbeddedLayer embed(const EmbedContext& context) const = 0;
  virtual void forward(Inputs<S>, Sequence<S>& y, LayerRun<S>& run) const = 0;
  virtual void infer(Inputs<S>, Sequence<S>& y, LayerRun<S>& run) const = 0;
  virtual void backward(Inputs<S>, const Sequence<S>& y, const Sequence<S>& dy, LayerRun<S>& run, InputGradients<S>,
                        FurtherGradients<S>) const = 0;
};

template <class L>
class HeldRun final : public LayerRun<typename L::Scalar> {
 public:
  using S = typename L::Scalar;

  typename L::Cache cache;
  typename L::Parameters gradients;

  explicit HeldRun(const L& layer);
  void append_gradients(std::string_view prefix, std::vector<NamedTensor<S>>& list) override;
  const Sequence<S>* attention_weights() const override;
  void seed(std::uint64_t seed) override;
};

template <class L>
class HeldLayer final : public LayerInterface<typename L::Scalar> {
 public:
  using S = typename L::Scalar;

  L layer;

  explicit HeldLayer(L held);
  ~HeldLayer() override;
  std::unique_ptr<LayerInterface<S>> clone() const override;
  std::unique_ptr<LayerRun<S>> make_run() const override;
  void append_parameters(std::string_view prefix, std::vector<NamedTensor<S>>& list) override;
  void append_parameters(std::string_view prefix, std::vector<NamedTensor<const S>>& list) const override;
  Index parameter_count() const override;
  std::uint64_t fingerprint() const override;
  SampleShape output_shape(std::span<const SampleShape> inputs) const override;
  std::span<const std::string_view> further_values() const override;
  SampleShape further_shape(Index i, std::span<const SampleShape> inputs) const override;
  void further_value(Index i, const LayerRun<S>& run, Sequence<S>& value) const override;
  StreamedLayer<S> stream(const StreamContext& context) const override;
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const override;
  EmbeddedLayer embed(const EmbedContext& context) const override;
  void forward(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const override;
  void infer(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const override;
  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, LayerRun<S>& run,
                InputGradients<S> d_inputs, FurtherGradients<S> d_further) const override;

 private:
  static HeldRun<L>& own(LayerRun<S>& run) { return static_cast<HeldRun<L>&>(run); }
};

// Members are defined out of their classes, for those of the library's own layers are compiled in tsattn::compiled:
// g++ compiles what is defined inside of a class although `extern template` says that it is elsewhere.

template <class L>
HeldRun<L>::HeldRun(const L& layer) : gradients(layer.parameters()) {
  set_zero(gradients);
}

template <class L>
void HeldRun<L>::append_gradients(std::string_view prefix, std::vector<NamedTensor<S>>& list) {
  append_named_tensors(gradients, prefix, list);
}

template <class L>
auto HeldRun<L>::attention_weights() const -> const Sequence<S>* {
  if constexpr (requires { L::attention_weights(cache); }) return &L::attention_weights(cache);
  return nullptr;
}

template <class L>
void HeldRun<L>::seed([[maybe_unused]] std::uint64_t seed) {
  if constexpr (requires { cache.seed(seed); }) cache.seed(seed);
}

template <class L>
HeldLayer<L>::HeldLayer(L held) : layer(std::move(held)) {}

template <class L>
HeldLayer<L>::~HeldLayer() = default;

template <class L>
auto HeldLayer<L>::clone() const -> std::unique_ptr<LayerInterface<S>> {
  return std::make_unique<HeldLayer>(layer);
}

template <class L>
auto HeldLayer<L>::make_run() const -> std::unique_ptr<LayerRun<S>> {
  return std::make_unique<HeldRun<L>>(layer);
}

template <class L>
void HeldLayer<L>::append_parameters(std::string_view prefix, std::vector<NamedTensor<S>>& list) {
  append_named_tensors(layer.parameters(), prefix, list);
}

template <class L>
void HeldLayer<L>::append_parameters(std::string_view prefix, std::vector<NamedTensor<const S>>& list) const {
  append_named_tensors(layer.parameters(), prefix, list);
}

template <class L>
Index HeldLayer<L>::parameter_count() const {
  return tsattn::parameter_count(layer.parameters());
}

template <class L>
std::uint64_t HeldLayer<L>::fingerprint() const {
  std::uint64_t hash = typeid(L).hash_code();
  L::Parameters::visit(layer.parameters(), [&](std::string_view, const auto& tensor) {
    hash = hash * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(tensor.size());
  });
  return hash;
}

template <class L>
SampleShape HeldLayer<L>::output_shape(std::span<const SampleShape> inputs) const {
  return layer.output_shape(inputs);
}

template <class L>
std::span<const std::string_view> HeldLayer<L>::further_values() const {
  if constexpr (GivesFurtherValues<L>) return L::further_values();
  return {};
}

template <class L>
SampleShape HeldLayer<L>::further_shape([[maybe_unused]] Index i,
                                        [[maybe_unused]] std::span<const SampleShape> inputs) const {
  if constexpr (GivesFurtherValues<L>) return layer.further_shape(i, inputs);
  return {};
}

template <class L>
void HeldLayer<L>::further_value([[maybe_unused]] Index i, [[maybe_unused]] const LayerRun<S>& run,
                                 [[maybe_unused]] Sequence<S>& value) const {
  if constexpr (GivesFurtherValues<L>) layer.further_value(i, static_cast<const HeldRun<L>&>(run).cache, value);
}

template <class L>
auto HeldLayer<L>::stream(const StreamContext& context) const -> StreamedLayer<S> {
  if constexpr (Streams<L, S>) {
    return layer.stream(context);
  } else {
    fail<ConfigError>(context.where, "expected a layer that can run step by step, got one without a member stream ",
                      "(layers/stream_layer.hpp)");
  }
}

template <class L>
std::vector<ForeignForm> HeldLayer<L>::foreign_arrays(const ForeignContext& context) const {
  if constexpr (HasForeignArrays<L>) {
    return layer.foreign_arrays(context);
  } else {
    fail<ConfigError>(context.where, "expected layers with a counterpart in ", library_name(context.library), ", got ",
                      context.layer, " of the kind ", context.kind,
                      ", which has no member foreign_arrays (layers/foreign_arrays.hpp)");
  }
}

template <class L>
EmbeddedLayer HeldLayer<L>::embed(const EmbedContext& context) const {
  if constexpr (Embeds<L>) {
    return layer.embed(context);
  } else {
    fail<ConfigError>("embedded", "expected layers that can be embedded, got the layer ", context.layer,
                      ", which has no member embed (layers/embedded_layer.hpp); run this model in the library");
  }
}

template <class L>
void HeldLayer<L>::forward(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const {
  layer.forward(inputs, y, own(run).cache);
}

template <class L>
void HeldLayer<L>::infer(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const {
  tsattn::infer(layer, inputs, y, own(run).cache);
}

template <class L>
void HeldLayer<L>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, LayerRun<S>& run,
                            InputGradients<S> d_inputs, [[maybe_unused]] FurtherGradients<S> d_further) const {
  if constexpr (GivesFurtherValues<L>) {
    layer.backward(inputs, y, dy, own(run).cache, own(run).gradients, d_inputs, d_further);
  } else {
    layer.backward(inputs, y, dy, own(run).cache, own(run).gradients, d_inputs);
  }
}

}  // namespace tsattn

// Behind the declaration of a layer of the library, a template of its scalar: where tsattn::compiled is linked, what
// holds the layer is compiled there. TSATTN_COMPILED_LAYER is for its header, TSATTN_LIBRARY_HELD_LAYER for its .inl.
#if defined(TSATTN_COMPILED_LIBRARY)
#define TSATTN_COMPILED_LAYER(layer)             \
  extern template class HeldRun<layer<float>>;   \
  extern template class HeldRun<layer<double>>;  \
  extern template class HeldLayer<layer<float>>; \
  extern template class HeldLayer<layer<double>>
#define TSATTN_LIBRARY_HELD_LAYER(layer)  \
  template class HeldRun<layer<float>>;   \
  template class HeldRun<layer<double>>;  \
  template class HeldLayer<layer<float>>; \
  template class HeldLayer<layer<double>>
#else
#define TSATTN_COMPILED_LAYER(layer) static_assert(true)
#define TSATTN_LIBRARY_HELD_LAYER(layer) static_assert(true)
#endif
