#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// A set of samples that a model is trained or judged on: pairs of an input and a target, by number. Training asks for
/// them a batch at a time, from several threads at once. For a model with several inputs, input_shapes and
/// gather_inputs are overridden too: they are what training calls.
template <class S>
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual Index size() const = 0;
  virtual SampleShape input_shape() const = 0;  ///< of the only input
  /// Lists one shape for each input of the model, in their order.
  virtual std::vector<SampleShape> input_shapes() const { return {input_shape()}; }
  virtual SampleShape target_shape() const = 0;

  /// x [T, B, F] and target [T', B, F'] become the samples with these B numbers, in this order.
  virtual void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const = 0;
  /// Gathers the samples of a model of several inputs, as many as there are input_shapes.
  virtual void gather_inputs(std::span<const Index> samples, std::span<Sequence<S>> inputs, Sequence<S>& target) const {
    gather(samples, inputs[0], target);
  }

 protected:
  Dataset() = default;
  Dataset(const Dataset&) = default;
  Dataset& operator=(const Dataset&) = default;
};

/// Samples that lie in memory: sample b is column b of every step of each input and of `targets`.
template <class S>
class SampleSet final : public Dataset<S> {
 public:
  /// inputs [T, N, F], targets [T', N, F']. Throws ShapeError if N differs, DataError if a value is not finite.
  SampleSet(Sequence<S> inputs, Sequence<S> targets) : SampleSet(one(std::move(inputs)), std::move(targets)) {}
  /// Takes one sequence for each input of the model, [T, N, F] with a T and an F of its own. Throws also ShapeError for
  /// none.
  SampleSet(std::vector<Sequence<S>> inputs, Sequence<S> targets)
      : inputs_(std::move(inputs)), targets_(std::move(targets)) {
    if (inputs_.empty()) fail<ShapeError>("SampleSet", "expected at least one input, got none");
    for (const Sequence<S>& input : inputs_) {
      if (input.batch() != targets_.batch())
        fail<ShapeError>("SampleSet", "expected as many targets as inputs, got inputs = ", input.shape(),
                         " and targets = ", targets_.shape());
      require_finite("SampleSet", "inputs", input);
    }
    require_finite("SampleSet", "targets", targets_);
  }

  Index size() const override { return targets_.batch(); }
  SampleShape input_shape() const override { return inputs_[0].shape().sample(); }
  std::vector<SampleShape> input_shapes() const override {
    std::vector<SampleShape> shapes;
    for (const Sequence<S>& input : inputs_) shapes.push_back(input.shape().sample());
    return shapes;
  }
  SampleShape target_shape() const override { return targets_.shape().sample(); }
  /// Throws ShapeError if there are several inputs.
  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override {
    gather_inputs(samples, std::span(&x, 1), target);
  }
  /// Throws ShapeError for another number of inputs than there are.
  void gather_inputs(std::span<const Index> samples, std::span<Sequence<S>> inputs,
                     Sequence<S>& target) const override {
    if (inputs.size() != inputs_.size())
      fail<ShapeError>("SampleSet::gather", "expected room for ", inputs_.size(),
                       inputs_.size() == 1 ? " input" : " inputs", ", got it for ", inputs.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) gather_columns(inputs_[i], samples, inputs[i]);
    gather_columns(targets_, samples, target);
  }

 private:
  static std::vector<Sequence<S>> one(Sequence<S> input) {
    std::vector<Sequence<S>> inputs;
    inputs.push_back(std::move(input));
    return inputs;
  }

  static void gather_columns(const Sequence<S>& from, std::span<const Index> samples, Sequence<S>& to) {
    to.resize({from.time(), static_cast<Index>(samples.size()), from.features()});
    for (Index t = 0; t < from.time(); ++t) {
      S* column = to.step_data(t);
      for (const Index sample : samples)
        column = std::copy_n(from.step_data(t) + sample * from.features(), from.features(), column);
    }
  }

  std::vector<Sequence<S>> inputs_;
  Sequence<S> targets_;
};

}  // namespace tsattn
