#pragma once

#include <algorithm>
#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/forecasting/recursive_decoding.hpp>
#include <tsattn/model/workspace.hpp>
#include <tsattn/training/for_each_shard.hpp>
#include <tsattn/training/shards.hpp>

namespace tsattn {

namespace recursive_decoding_parts {

inline constexpr std::string_view kWhere = "decode_recursively";

/// As decode_recursively, into `y`, with a workspace and memory for `previous` that are used again.
template <class S>
void decode(const Graph<S>& model, const Sequence<S>& history, const Sequence<S>& first, Index steps,
            Workspace<S>& workspace, Sequence<S>& previous, Sequence<S>& y) {
  require_positive(kWhere, "steps", steps);
  if (model.inputs().size() != 2)
    fail<ShapeError>(kWhere, "expected a model with two inputs, history and previous, got ", model.inputs().size());
  if (model.output_shape().features != model.shape(model.inputs()[1]).features)
    fail<ShapeError>(kWhere, "expected a model whose outputs can be its second input, with ",
                     model.shape(model.inputs()[1]).features, " features, got ", model.output_shape().features);
  require_shape(kWhere, "the first step of previous", first, {1, history.batch(), first.features()});
  y.resize({steps, history.batch(), first.features()});
  for (Index t = 0; t < steps; ++t) {
    previous.resize({t + 1, first.batch(), first.features()});
    std::copy_n(first.data(), first.size(), previous.data());
    std::copy_n(y.data(), t * first.size(), previous.data() + first.size());
    const Sequence<S>& outputs = model.infer({&history, &previous}, workspace);
    require_shape(kWhere, "outputs", outputs, previous.shape());
    std::copy_n(outputs.step_data(t), first.size(), y.step_data(t));
  }
}

}  // namespace recursive_decoding_parts

template <class S>
Sequence<S> decode_recursively(const Graph<S>& model, const Sequence<S>& history, const Sequence<S>& first,
                               Index steps) {
  Workspace<S> workspace(model);
  Sequence<S> previous, y;
  recursive_decoding_parts::decode(model, history, first, steps, workspace, previous, y);
  return y;
}

template <class S>
Sequence<S> decode_recursively(const Graph<S>& model, const TeacherForcing<S>& data, const EvaluationOptions& options) {
  require_fitting(recursive_decoding_parts::kWhere, model, data);
  const SampleShape shape = data.target_shape();
  Sequence<S> forecasts({shape.time, data.size(), shape.features});
  for_each_gathered_shard(model, data, options, [&](Index begin, ShardMemory<S>& shard) {
    Sequence<S> first({1, shard.target.batch(), shape.features}), previous, y;
    std::copy_n(shard.inputs[1].data(), first.size(), first.data());
    recursive_decoding_parts::decode(model, shard.inputs[0], first, shape.time, shard.workspace, previous, y);
    for (Index t = 0; t < shape.time; ++t)
      std::copy_n(y.step_data(t), first.size(), forecasts.step_data(t) + begin * shape.features);
  });
  return forecasts;
}

#if defined(TSATTN_COMPILED_LIBRARY)
template Sequence<float> decode_recursively(const Graph<float>&, const Sequence<float>&, const Sequence<float>&, Index);
template Sequence<double> decode_recursively(const Graph<double>&, const Sequence<double>&, const Sequence<double>&,
                                             Index);
template Sequence<float> decode_recursively(const Graph<float>&, const TeacherForcing<float>&,
                                            const EvaluationOptions&);
template Sequence<double> decode_recursively(const Graph<double>&, const TeacherForcing<double>&,
                                             const EvaluationOptions&);
#endif

}  // namespace tsattn
