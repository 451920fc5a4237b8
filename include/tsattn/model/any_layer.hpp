#pragma once

#include <concepts>
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

/// Any layer behind one type, so that a graph can hold a list of them. A value: copies copy the weights.
template <class S>
class AnyLayer {
 public:
  template <class L>
  requires(!std::same_as<L, AnyLayer>) && Layer<L>&& std::same_as<typename L::Scalar, S> explicit AnyLayer(L layer)
      : held_(std::make_unique<Holder<L>>(std::move(layer))) {}
  AnyLayer(const AnyLayer& other) : held_(other.held_->clone()) {}
  AnyLayer(AnyLayer&&) noexcept = default;
  AnyLayer& operator=(const AnyLayer& other) { return *this = AnyLayer(other); }
  AnyLayer& operator=(AnyLayer&&) noexcept = default;
  ~AnyLayer() = default;

  /// The layer itself, or null if it is of another type.
  template <Layer L>
  const L* as() const {
    const auto* holder = dynamic_cast<const Holder<L>*>(held_.get());
    return holder == nullptr ? nullptr : &holder->layer;
  }

  std::unique_ptr<LayerRun<S>> make_run() const { return held_->make_run(); }
  void append_parameters(std::string_view prefix, std::vector<NamedTensor<S>>& list) {
    held_->append_parameters(prefix, list);
  }
  void append_parameters(std::string_view prefix, std::vector<NamedTensor<const S>>& list) const {
    std::as_const(*held_).append_parameters(prefix, list);
  }
  Index parameter_count() const { return held_->parameter_count(); }
  /// A hash of the layer's type and of the sizes of its weights: layers that share it can work with each other's runs.
  std::uint64_t fingerprint() const { return held_->fingerprint(); }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return held_->output_shape(inputs); }
  /// The names of what the layer gives beside its output; none for most.
  std::span<const std::string_view> further_values() const { return held_->further_values(); }
  SampleShape further_shape(Index i, std::span<const SampleShape> inputs) const {
    return held_->further_shape(i, inputs);
  }
  /// The further value i of the last forward or infer with this run.
  void further_value(Index i, const LayerRun<S>& run, Sequence<S>& value) const { held_->further_value(i, run, value); }
  /// Throws ConfigError if the layer cannot run step by step.
  StreamedLayer<S> stream(const StreamContext& context) const { return held_->stream(context); }
  /// Throws ConfigError if the layer has no counterpart in that library.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const {
    return held_->foreign_arrays(context);
  }
  /// Throws ConfigError if the layer cannot be embedded.
  EmbeddedLayer embed(const EmbedContext& context) const { return held_->embed(context); }

  // As the layer's own (layers/layer.hpp), with the cache and the gradients inside `run`, which a layer with this
  // fingerprint made: that is for the caller to know, and Graph compares once a run.
  void forward(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const { held_->forward(inputs, y, run); }
  void infer(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const { held_->infer(inputs, y, run); }
  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, LayerRun<S>& run,
                InputGradients<S> d_inputs, FurtherGradients<S> d_further = {}) const {
    held_->backward(inputs, y, dy, run, d_inputs, d_further);
  }

 private:
  template <class L>
  struct Run : LayerRun<S> {
    typename L::Cache cache;
    typename L::Parameters gradients;

    explicit Run(const L& layer) : gradients(layer.parameters()) { set_zero(gradients); }
    void append_gradients(std::string_view prefix, std::vector<NamedTensor<S>>& list) override {
      append_named_tensors(gradients, prefix, list);
    }
    const Sequence<S>* attention_weights() const override {
      if constexpr (requires { L::attention_weights(cache); }) return &L::attention_weights(cache);
      return nullptr;
    }
    void seed([[maybe_unused]] std::uint64_t seed) override {
      if constexpr (requires { cache.seed(seed); }) cache.seed(seed);
    }
  };

  struct Held {
    virtual ~Held() = default;
    virtual std::unique_ptr<Held> clone() const = 0;
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
  struct Holder final : Held {
    L layer;

    explicit Holder(L held) : layer(std::move(held)) {}
    std::unique_ptr<Held> clone() const override { return std::make_unique<Holder>(layer); }
    std::unique_ptr<LayerRun<S>> make_run() const override { return std::make_unique<Run<L>>(layer); }
    void append_parameters(std::string_view prefix, std::vector<NamedTensor<S>>& list) override {
      append_named_tensors(layer.parameters(), prefix, list);
    }
    void append_parameters(std::string_view prefix, std::vector<NamedTensor<const S>>& list) const override {
      append_named_tensors(layer.parameters(), prefix, list);
    }
    Index parameter_count() const override { return tsattn::parameter_count(layer.parameters()); }
    std::uint64_t fingerprint() const override {
      std::uint64_t hash = typeid(L).hash_code();
      L::Parameters::visit(layer.parameters(), [&](std::string_view, const auto& tensor) {
        hash = hash * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(tensor.size());
      });
      return hash;
    }
    SampleShape output_shape(std::span<const SampleShape> inputs) const override { return layer.output_shape(inputs); }
    std::span<const std::string_view> further_values() const override {
      if constexpr (GivesFurtherValues<L>) return L::further_values();
      return {};
    }
    SampleShape further_shape([[maybe_unused]] Index i,
                              [[maybe_unused]] std::span<const SampleShape> inputs) const override {
      if constexpr (GivesFurtherValues<L>) return layer.further_shape(i, inputs);
      return {};
    }
    void further_value([[maybe_unused]] Index i, [[maybe_unused]] const LayerRun<S>& run,
                       [[maybe_unused]] Sequence<S>& value) const override {
      if constexpr (GivesFurtherValues<L>) layer.further_value(i, static_cast<const Run<L>&>(run).cache, value);
    }
    StreamedLayer<S> stream(const StreamContext& context) const override {
      if constexpr (Streams<L, S>) {
        return layer.stream(context);
      } else {
        fail<ConfigError>(context.where, "expected a layer that can run step by step, got one without a member stream ",
                          "(layers/stream_layer.hpp)");
      }
    }
    std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const override {
      if constexpr (HasForeignArrays<L>) {
        return layer.foreign_arrays(context);
      } else {
        fail<ConfigError>(context.where, "expected layers with a counterpart in ", library_name(context.library),
                          ", got ", context.layer, " of the kind ", context.kind,
                          ", which has no member foreign_arrays (layers/foreign_arrays.hpp)");
      }
    }
    EmbeddedLayer embed(const EmbedContext& context) const override {
      if constexpr (Embeds<L>) {
        return layer.embed(context);
      } else {
        fail<ConfigError>("embedded", "expected layers that can be embedded, got the layer ", context.layer,
                          ", which has no member embed (layers/embedded_layer.hpp); run this model in the library");
      }
    }
    void forward(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const override {
      layer.forward(inputs, y, own(run).cache);
    }
    void infer(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const override {
      tsattn::infer(layer, inputs, y, own(run).cache);
    }
    void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, LayerRun<S>& run,
                  InputGradients<S> d_inputs, [[maybe_unused]] FurtherGradients<S> d_further) const override {
      if constexpr (GivesFurtherValues<L>) {
        layer.backward(inputs, y, dy, own(run).cache, own(run).gradients, d_inputs, d_further);
      } else {
        layer.backward(inputs, y, dy, own(run).cache, own(run).gradients, d_inputs);
      }
    }

    static Run<L>& own(LayerRun<S>& run) { return static_cast<Run<L>&>(run); }
  };

  std::unique_ptr<Held> held_;
};

}  // namespace tsattn
