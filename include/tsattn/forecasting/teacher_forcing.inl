#pragma once

#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/forecasting/teacher_forcing.hpp>

namespace tsattn {

template <class S>
TeacherForcing<S>::TeacherForcing(const Windows<S>& windows) : windows_(&windows) {
  const WindowOptions& options = windows.options();
  if (options.gap != 0 || options.include_input)
    fail<ConfigError>("TeacherForcing", "expected windows without a gap and include_input, got gap = ", options.gap,
                      ", include_input = ", options.include_input ? "true" : "false");
}

template <class S>
SampleShape TeacherForcing<S>::target_shape() const {
  const WindowOptions& options = windows_->options();
  return {options.horizon, static_cast<Index>(options.targets.size())};
}

template <class S>
void TeacherForcing<S>::gather(std::span<const Index>, Sequence<S>&, Sequence<S>&) const {
  fail<ShapeError>("TeacherForcing::gather", "expected room for the two inputs, history and previous, got it for one");
}

template <class S>
void TeacherForcing<S>::gather_inputs(std::span<const Index> samples, std::span<Sequence<S>> inputs,
                                      Sequence<S>& target) const {
  if (inputs.size() != 2)
    fail<ShapeError>("TeacherForcing::gather", "expected room for the two inputs, history and previous, got it for ",
                     inputs.size());
  const Index batch = static_cast<Index>(samples.size());
  inputs[0].resize({input_shape().time, batch, input_shape().features});
  for (Index b = 0; b < batch; ++b)
    windows_->copy_input(samples[static_cast<std::size_t>(b)], windows_->options().inputs, b, inputs[0]);
  gather_targets(samples, 0, inputs[1]);
  gather_targets(samples, 1, target);
}

template <class S>
Sequence<S> TeacherForcing<S>::actual() const {
  std::vector<Index> all(static_cast<std::size_t>(size()));
  std::iota(all.begin(), all.end(), Index{0});
  Sequence<S> targets;
  gather_targets(all, 1, targets);
  return targets;
}

template <class S>
void TeacherForcing<S>::gather_targets(std::span<const Index> samples, Index offset, Sequence<S>& to) const {
  const WindowOptions& options = windows_->options();
  to.resize({options.horizon, static_cast<Index>(samples.size()), static_cast<Index>(options.targets.size())});
  S* value = to.data();
  for (Index h = 0; h < options.horizon; ++h)
    for (const Index window : samples) {
      const Index row = windows_->last_input_step(window) + (h + offset) * options.sampling_step;
      for (const Index feature : options.targets) *value++ = windows_->series()(row, 0, feature);
    }
}

TSATTN_LIBRARY_INSTANCE(class TeacherForcing);

}  // namespace tsattn
