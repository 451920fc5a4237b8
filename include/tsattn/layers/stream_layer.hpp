#pragma once

#include <algorithm>
#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>

/// How a layer takes one step at a time, for model/stream.hpp. A layer that can has
///   StreamedLayer<S> stream(const StreamContext& context) const;
/// which copies what it needs of the weights, in the order in which the steps read them, or throws ConfigError. After
/// each step a StreamLayer gives what the last step of `infer` would be over all steps since the start.
namespace tsattn {

/// What comes from a node of a model that runs step by step.
struct StreamValue {
  Index features = 0;
  bool is_series = true;  ///< whether `infer` has one of it for every step; otherwise one for all, as of LastStep
  Index period = 1;       ///< a new one comes after so many steps of the model
};

/// What a layer is given to make its StreamLayer from.
struct StreamContext {
  std::string where;                    ///< for messages: the layer's name and place in the model
  std::span<const StreamValue> inputs;  ///< all of one period
  Index batch = 1;                      ///< B, series side by side
  Index attention_steps = 0;            ///< L, the last steps that attention looks back on; 0: not said
};

/// The arguments of a step.
template <class S>
struct StreamCall {
  std::span<const S* const> inputs;  ///< [F, B] each
  S* y;                              ///< [U, B], assigned
  S* state;                          ///< the layer's own, zeros before the first step
  S* scratch;                        ///< of no use from one step to the next
  Index step;                        ///< how many steps the layer has taken
};

/// A layer that takes one step at a time. It is const while it runs: several streams share it.
template <class S>
class StreamLayer {
 public:
  virtual ~StreamLayer() = default;
  /// Returns how many scalars the state has, for all B series.
  virtual Index state_size() const { return 0; }
  /// Returns how many scalars a step needs as scratch memory, for all B series.
  virtual Index scratch_size() const { return 0; }
  /// Takes one step. It allocates nothing, locks nothing, and takes time that is bounded by the sizes.
  virtual void step(const StreamCall<S>& call) const noexcept = 0;
};

/// What a layer's `stream` gives.
template <class S>
struct StreamedLayer {
  std::unique_ptr<StreamLayer<S>> layer;
  StreamValue output;
};

template <class Type, class S>
concept Streams = requires(const Type& layer, const StreamContext& context) {
  { layer.stream(context) } -> std::same_as<StreamedLayer<S>>;
};

/// The StreamLayer of a layer without state: `run(call)` is its step.
template <class S, class Run>
std::unique_ptr<StreamLayer<S>> stateless_stream(Run run) {
  struct Stateless final : StreamLayer<S> {
    Run run;
    explicit Stateless(Run held) : run(std::move(held)) {}
    void step(const StreamCall<S>& call) const noexcept override { run(call); }
  };
  return std::make_unique<Stateless>(std::move(run));
}

/// The StreamLayer of a layer whose output is its input.
template <class S>
StreamedLayer<S> pass_stream(const StreamContext& context, const StreamValue& output) {
  const auto run = [size = context.batch * output.features](const StreamCall<S>& call) {
    std::copy_n(call.inputs[0], size, call.y);
  };
  return {stateless_stream<S>(run), output};
}

/// Throws ConfigError unless every input is one of every step.
inline void require_series(const StreamContext& context, std::string_view layer) {
  for (const StreamValue& input : context.inputs)
    if (!input.is_series)
      fail<ConfigError>(context.where, "expected inputs with a value for every step, to run step by step; ", layer,
                        " got what comes once for all steps");
}

/// The number of steps to look back on. Throws ConfigError if it was not said.
inline Index attention_steps(const StreamContext& context) {
  if (context.attention_steps < 1)
    fail<ConfigError>(context.where,
                      "expected attention_steps of at least 1, the last steps that attention looks back on, got ",
                      context.attention_steps, "; a model whose input has a fixed number of steps says it itself");
  return context.attention_steps;
}

}  // namespace tsattn
