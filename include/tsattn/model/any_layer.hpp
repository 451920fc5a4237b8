#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// Any layer behind one type, so that a graph can hold a list of them. It is a value: copies copy the weights.
template <class S>
class AnyLayer {
 public:
  template <class L>
  requires(!std::same_as<L, AnyLayer>) && Layer<L>&& std::same_as<typename L::Scalar, S> explicit AnyLayer(L layer)
      : held_(std::make_unique<HeldLayer<L>>(std::move(layer))) {}
  AnyLayer(const AnyLayer& other) : held_(other.held_->clone()) {}
  AnyLayer(AnyLayer&&) noexcept = default;
  AnyLayer& operator=(const AnyLayer& other) { return *this = AnyLayer(other); }
  AnyLayer& operator=(AnyLayer&&) noexcept = default;
  ~AnyLayer() = default;

  /// The layer itself, or null if it is of another type.
  template <Layer L>
  const L* as() const {
    const auto* held = dynamic_cast<const HeldLayer<L>*>(held_.get());
    return held == nullptr ? nullptr : &held->layer;
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
  std::unique_ptr<LayerInterface<S>> held_;
};

}  // namespace tsattn
