#pragma once

#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/node.hpp>
#include <tsattn/training/evaluation_options.hpp>

/// A trained model over a whole dataset. Results are the same bits for any number of threads.
namespace tsattn {

/// Throws ShapeError unless the inputs of `model` and its output fit `data`, DataError if the dataset is empty.
template <class S>
void require_fitting(std::string_view where, const Graph<S>& model, const Dataset<S>& data);

/// Returns the model's output for every sample: [T', N, F']. Throws as require_fitting.
template <class S>
Sequence<S> predict(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options = {});

/// Returns the loss over all samples. Throws as require_fitting.
template <class S>
double evaluate(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options = {},
                const AnyLoss& loss = MeanSquaredError{});

/// Returns the weights of the attention layer `node` for every sample: [Tq, N, Tk], where column n of step t holds the
/// weights of query step t of sample n. Throws as require_fitting, and ConfigError if the node is no attention layer.
template <class S>
Sequence<S> attention_weights(const Graph<S>& model, NodeId node, const Dataset<S>& data,
                              const EvaluationOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/evaluation.inl>
#endif
