#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/kernels/parallel.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/for_each_shard.hpp>
#include <tsattn/training/shards.hpp>

namespace tsattn {

namespace evaluation_parts {

/// One Sequence per shard, picked out of its workspace, joined to one over all samples.
template <class S, class Pick>
Sequence<S> collect(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options, const Pick& pick) {
  Sequence<S> all;
  // The first sample tells the shape, so that the threads can write to their places.
  const Index first = 0;
  ShardMemory<S> memory_of_first(model);
  data.gather_inputs(std::span(&first, 1), memory_of_first.inputs, memory_of_first.target);
  model.infer(memory_of_first.x(), memory_of_first.workspace);
  const Sequence<S>& one = pick(memory_of_first.workspace);
  all.resize({one.time(), data.size(), one.features()});
  for_each_shard(model, data, options, [&](Index begin, const ShardMemory<S>& memory) {
    const Sequence<S>& part = pick(memory.workspace);
    for (Index t = 0; t < part.time(); ++t)
      std::copy_n(part.step_data(t), part.features() * part.batch(), all.step_data(t) + begin * part.features());
  });
  return all;
}

}  // namespace evaluation_parts

template <class S>
void require_fitting(std::string_view where, const Graph<S>& model, const Dataset<S>& data) {
  const std::vector<SampleShape> found = data.input_shapes();
  const std::size_t inputs = model.inputs().size();
  if (inputs != found.size()) {
    if (found.size() == 1) fail<ShapeError>(where, "expected a model with one input, got ", inputs);
    fail<ShapeError>(where, "expected a model with ", found.size(), " inputs, as the dataset has, got ", inputs);
  }
  if (data.size() == 0) fail<DataError>(where, "expected at least one sample, got an empty dataset");
  for (std::size_t i = 0; i < inputs; ++i) {
    const Node<S>& input = model.node(model.inputs()[i]);
    if (input.shape.features == found[i].features &&
        (input.shape.time == kAnyTime || input.shape.time == found[i].time))
      continue;
    fail<ShapeError>(where, "expected a dataset with inputs ", input.shape, " for this model",
                     inputs == 1 ? "" : "'s input " + input.name, ", got inputs ", found[i]);
  }
  const SampleShape output = model.output_shape(found), target = data.target_shape();
  if (output != target)
    fail<ShapeError>(
        where, "expected a model whose output has the shape of the targets, ", target, ", got output ", output,
        output.time == target.time ? "; the last layer decides it"
                                   : "; LastStep, attention pooling or Returns::last_step leave one step of many");
}

template <class S>
Sequence<S> predict(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options) {
  require_fitting("predict", model, data);
  return evaluation_parts::collect(
      model, data, options, [&](const Workspace<S>& w) -> const Sequence<S>& { return w.output(model.output()); });
}

template <class S>
double evaluate(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options, const AnyLoss& loss) {
  require_fitting("evaluate", model, data);
  // One place per sample, for the sums to have one order: a shard writes to the place of its first sample.
  std::vector<double> parts(static_cast<std::size_t>(data.size()), 0.0);
  for_each_shard(model, data, options, [&](Index begin, const ShardMemory<S>& memory) {
    parts[static_cast<std::size_t>(begin)] =
        loss.value(memory.workspace.output(model.output()), memory.target, data.size());
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

template <class S>
Sequence<S> attention_weights(const Graph<S>& model, NodeId node, const Dataset<S>& data,
                              const EvaluationOptions& options) {
  require_fitting("attention_weights", model, data);
  return evaluation_parts::collect(
      model, data, options, [&](const Workspace<S>& w) -> const Sequence<S>& { return w.attention_weights(node); });
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(require_fitting);
TSATTN_LIBRARY_FUNCTION_INSTANCE(predict);
TSATTN_LIBRARY_FUNCTION_INSTANCE(evaluate);
TSATTN_LIBRARY_FUNCTION_INSTANCE(attention_weights);

}  // namespace tsattn
