#pragma once

#include <algorithm>
#include <span>
#include <utility>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// A set of samples that a model is trained or judged on: pairs of an input and a target, by number. Training asks for
/// them a batch at a time, from several threads at once.
template <class S>
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual Index size() const = 0;
  virtual SampleShape input_shape() const = 0;
  virtual SampleShape target_shape() const = 0;

  /// x [T, B, F] and target [T', B, F'] become the samples with these B numbers, in this order.
  virtual void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const = 0;

 protected:
  Dataset() = default;
  Dataset(const Dataset&) = default;
  Dataset& operator=(const Dataset&) = default;
};

/// Samples that lie in memory: sample b is column b of every step of `inputs` and `targets`.
template <class S>
class SampleSet final : public Dataset<S> {
 public:
  /// inputs [T, N, F], targets [T', N, F']. Throws ShapeError if N differs, DataError if a value is not finite.
  SampleSet(Sequence<S> inputs, Sequence<S> targets) : inputs_(std::move(inputs)), targets_(std::move(targets)) {
    if (inputs_.batch() != targets_.batch())
      fail<ShapeError>("SampleSet", "expected as many targets as inputs, got inputs = ", inputs_.shape(),
                       " and targets = ", targets_.shape());
    require_finite("SampleSet", "inputs", inputs_);
    require_finite("SampleSet", "targets", targets_);
  }

  Index size() const override { return inputs_.batch(); }
  SampleShape input_shape() const override { return inputs_.shape().sample(); }
  SampleShape target_shape() const override { return targets_.shape().sample(); }
  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override {
    gather_columns(inputs_, samples, x);
    gather_columns(targets_, samples, target);
  }

 private:
  static void gather_columns(const Sequence<S>& from, std::span<const Index> samples, Sequence<S>& to) {
    to.resize({from.time(), static_cast<Index>(samples.size()), from.features()});
    for (Index t = 0; t < from.time(); ++t) {
      S* column = to.step_data(t);
      for (const Index sample : samples)
        column = std::copy_n(from.step_data(t) + sample * from.features(), from.features(), column);
    }
  }

  Sequence<S> inputs_;
  Sequence<S> targets_;
};

}  // namespace tsattn
