#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>

/// The contract of a layer.
///
/// A layer has two types. The *description* is what a user writes and a file stores: a plain struct of sizes and
/// options (`Dense{.units = 3}`) with a `name` and a `build`. The *layer* (`DenseLayer<float>`) holds the weights and
/// does the work; it is a value, and const while it runs, so threads share it freely.
///
///   forward   computes y from the inputs and writes into `cache` whatever backward will read
///   infer     computes the same y, and keeps nothing that only backward would need; a layer without it is inferred by
///             forward
///   backward  reads inputs, y, dy = dL/dy and the cache of that forward; it ADDS to `gradients` and ASSIGNS every
///             input gradient; a null pointer in `d_inputs` declines that gradient, which then is not computed
///
/// A layer that draws random numbers in forward keeps their generator in its cache, which then has a function
/// seed(std::uint64_t). Every forward draws new ones, and infer, which draws none, gives another y than forward.
///
/// A layer that gives more than y, such as the final states of a recurrent layer, has
///   static std::span<const std::string_view> further_values();                        their names
///   SampleShape further_shape(Index i, std::span<const SampleShape> inputs) const;
///   void further_value(Index i, const Cache& cache, Sequence<S>& value) const;         assigned, after forward or
///   infer
/// and its backward takes dL/d(value) of each, as FurtherGradients behind d_inputs. Who does not ask for them pays
/// nothing.
///
/// y, cache and input gradients are resized by the layer, and a size seen before allocates nothing. No output may be an
/// input, and no two may be one: an input that is given twice has two gradients, which the caller adds. The batch may
/// differ from call to call. Sequences of unequal length will arrive inside Sequence (see there).
namespace tsattn {

/// The inputs of one call: `layer.forward({&x}, y, cache)`, `attention.forward({&query, &keys, &values}, y, cache)`.
template <class Scalar>
class Inputs {
 public:
  using Pointer = const Sequence<Scalar>*;

  Inputs(std::initializer_list<Pointer> inputs) : inputs_(inputs.begin(), inputs.size()) {}  // for the length of a call
  Inputs(std::span<const Pointer> inputs) : inputs_(inputs) {}

  Index count() const { return static_cast<Index>(inputs_.size()); }
  /// Throws ShapeError if there are not so many.
  const Sequence<Scalar>& operator[](Index i) const {
    if (i >= count()) fail<ShapeError>("Inputs", "expected at least ", i + 1, " inputs, got ", count());
    return *inputs_[static_cast<std::size_t>(i)];
  }

 private:
  std::span<const Pointer> inputs_;
};

/// Where backward puts the gradients of the inputs, in their order. A null pointer declines one; `{}` declines all.
template <class Scalar>
class InputGradients {
 public:
  using Pointer = Sequence<Scalar>*;

  InputGradients() = default;
  InputGradients(std::initializer_list<Pointer> gradients) : gradients_(gradients.begin(), gradients.size()) {}
  InputGradients(std::span<const Pointer> gradients) : gradients_(gradients) {}

  Pointer operator[](Index i) const {
    return i < static_cast<Index>(gradients_.size()) ? gradients_[static_cast<std::size_t>(i)] : nullptr;
  }

 private:
  std::span<const Pointer> gradients_;
};

/// What reaches backward from a layer's further values: their gradients, in their order. A null pointer, or none at
/// all, stands for zeros.
template <class Scalar>
class FurtherGradients {
 public:
  using Pointer = const Sequence<Scalar>*;

  FurtherGradients() = default;
  FurtherGradients(std::initializer_list<Pointer> gradients) : gradients_(gradients.begin(), gradients.size()) {}
  FurtherGradients(std::span<const Pointer> gradients) : gradients_(gradients) {}

  Pointer operator[](Index i) const {
    return i < static_cast<Index>(gradients_.size()) ? gradients_[static_cast<std::size_t>(i)] : nullptr;
  }

 private:
  std::span<const Pointer> gradients_;
};

/// What a description is given to build its layer from.
struct BuildContext {
  std::string where;                    ///< for messages: the layer's name and place in the model
  std::span<const SampleShape> inputs;  ///< what will flow in
  Random& random;                       ///< for the initial weights
};

// clang-format off
template <class Type>
concept Layer = std::copyable<Type> && requires(
    Type& layer, const Type& running, Inputs<typename Type::Scalar> inputs, Sequence<typename Type::Scalar>& y,
    const Sequence<typename Type::Scalar>& dy, typename Type::Cache& cache, typename Type::Parameters& gradients,
    InputGradients<typename Type::Scalar> d_inputs, std::span<const SampleShape> shapes) {
  { layer.parameters() } -> std::same_as<typename Type::Parameters&>;
  { running.parameters() } -> std::same_as<const typename Type::Parameters&>;
  { running.output_shape(shapes) } -> std::same_as<SampleShape>;
  running.forward(inputs, y, cache);
  running.backward(inputs, y, dy, cache, gradients, d_inputs);
};

template <class Type>
concept GivesFurtherValues = Layer<Type> && requires(
    const Type& running, Inputs<typename Type::Scalar> inputs, const Sequence<typename Type::Scalar>& y,
    Sequence<typename Type::Scalar>& value, typename Type::Cache& cache, typename Type::Parameters& gradients,
    InputGradients<typename Type::Scalar> d_inputs, FurtherGradients<typename Type::Scalar> d_further,
    std::span<const SampleShape> shapes, Index i) {
  { Type::further_values() } -> std::convertible_to<std::span<const std::string_view>>;
  { running.further_shape(i, shapes) } -> std::same_as<SampleShape>;
  running.further_value(i, cache, value);
  running.backward(inputs, y, y, cache, gradients, d_inputs, d_further);
};

template <class Type, class Scalar>
concept LayerDescription = std::copyable<Type> && requires(const Type& description, const BuildContext& context) {
  { Type::kKind } -> std::convertible_to<std::string_view>;
  { description.name } -> std::convertible_to<std::string>;
  { description.template build<Scalar>(context) } -> Layer;
};
// clang-format on

/// y of the inputs as it is when nothing is trained: by the layer's own infer or, if it has none, by its forward.
/// Throws what they throw.
template <Layer L>
void infer(const L& layer, Inputs<typename L::Scalar> inputs, Sequence<typename L::Scalar>& y,
           typename L::Cache& cache) {
  if constexpr (requires { layer.infer(inputs, y, cache); }) {
    layer.infer(inputs, y, cache);
  } else {
    constexpr bool has_another = requires { &L::infer; };
    static_assert(!has_another, "a layer's infer has the arguments of its forward");
    layer.forward(inputs, y, cache);
  }
}

// What descriptions check when a layer is built; what layers check when they run is in core/checks.hpp.

/// Throws ShapeError unless there are as many inputs as one of the counts allows; `meaning` names them.
inline void require_inputs(std::string_view where, Index found, std::initializer_list<Index> counts,
                           std::string_view meaning) {
  for (const Index count : counts)
    if (found == count) return;
  fail<ShapeError>(where, "expected ", meaning, ", got ", found, found == 1 ? " input" : " inputs");
}

/// Whether two numbers of steps may turn out to be the same: a time that is not fixed is settled by the run.
inline bool may_agree(Index time, Index other) { return time == other || time == kAnyTime || other == kAnyTime; }

/// The number of steps of inputs that must agree in it.
inline Index common_time(std::span<const SampleShape> inputs) {
  for (const SampleShape& input : inputs)
    if (input.time != kAnyTime) return input.time;
  return kAnyTime;
}

/// Throws ShapeError unless there are at least two inputs, each of which `agrees` with the first; `demand` says in
/// what.
template <class Agrees>
void require_several(const BuildContext& context, const Agrees& agrees, std::string_view demand) {
  if (context.inputs.size() < 2)
    fail<ShapeError>(context.where, "expected at least two inputs, got ", context.inputs.size());
  for (const SampleShape& input : context.inputs)
    if (!agrees(input))
      fail<ShapeError>(context.where, "expected inputs of ", demand, ", got ", context.inputs[0], " and ", input);
}

}  // namespace tsattn
