#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>
#include <tsattn/layers/attention/softmax_mean.hpp>
#include <tsattn/layers/attention/stream.hpp>

namespace tsattn {

/// visit(the score of that name, which reads its share of `weights`)
template <class S, class Visit>
void with_score(Score score, Index key_features, const typename AttentionLayer<S>::Parameters& weights,
                const Visit& visit) {
  switch (score) {
    case Score::dot:
    case Score::scaled_dot:
      return visit(DotScore<S>(score, key_features));
    case Score::general:
      return visit(GeneralScore<S>(weights));
    case Score::additive:
      return visit(AdditiveScore<S>(weights));
  }
}

template <class S>
template <class Visit>
void AttentionLayer<S>::with_score(const Visit& visit) const {
  tsattn::with_score<S>(score_, key_features_, parameters_, visit);
}

template <class S>
AttentionLayer<S>::AttentionLayer(Index query_features, Index key_features, Score score, AttentionMask mask,
                                  Index units, std::string_view where)
    : query_features_(query_features), key_features_(key_features), score_(score), mask_(mask) {
  require_positive(where, "query features", query_features);
  require_positive(where, "key features", key_features);
  with_score([&]<class OfScore>(const OfScore&) {
    OfScore::set_sizes(where, score, query_features, key_features, units, parameters_);
  });
}

template <class S>
void AttentionLayer<S>::initialize(Initialization scheme, Random& random) {
  with_score([&]<class OfScore>(const OfScore&) { OfScore::initialize(scheme, parameters_, random); });
}

template <class S>
void AttentionLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
  require_inputs(kWhere, inputs.count(), {3}, "the inputs query, keys, values");
  const Sequence<S>&query = inputs[0], &keys = inputs[1], &values = inputs[2];
  require_call_shapes(query, keys, values);
  cache.weights.resize({query.time(), query.batch(), keys.time()});
  y.resize({query.time(), query.batch(), values.features()});
  y.fill(0);
  with_score([&](const auto& score) {
    score.project(query, keys, cache.projections);  // (1)
    const Projected<S> projected = score.projected(query, keys, cache.projections);
    for (Index b = 0; b < query.batch(); ++b) {
      const SampleSteps<S> w(cache.weights, b);
      score.scores(mask_, {projected.query, b}, {projected.keys, b}, w);  // (2)
      softmax_mean<S>(mask_, w, {values, b}, {y, b});                     // (3), (4)
    }
  });
}

template <class S>
void AttentionLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache,
                                 Gradients& gradients, InputGradients<S> d_inputs) const {
  require_shape("Attention::backward", "dy", dy, y.shape());
  const Sequence<S>&query = inputs[0], &keys = inputs[1], &values = inputs[2];
  require_shape("Attention::backward", "the cache of a forward with weights", cache.weights,
                {query.time(), query.batch(), keys.time()});
  Sequence<S>*d_query = d_inputs[0], *d_keys = d_inputs[1], *d_values = assigned_zero(d_inputs[2], values);
  cache.d_weights.resize(keys.time(), query.time());
  with_score([&](const auto& score) {
    const Projected<S> projected = score.projected(query, keys, cache.projections);
    const ProjectedGradients<S> targets = score.projected_gradients(d_query, d_keys, cache.projections);
    Sequence<S>* dp = assigned_zero(targets.query, projected.query);
    Sequence<S>* dk = assigned_zero(targets.keys, projected.keys);
    const SampleSteps<S> ds(cache.d_weights);
    for (Index b = 0; b < query.batch(); ++b) {
      softmax_mean_backward<S>(mask_, {cache.weights, b}, {values, b}, {dy, b}, ds, {d_values, b});  // (5), (6)
      score.scores_backward(mask_, {projected.query, b}, {projected.keys, b}, ds, {dp, b}, {dk, b}, gradients);  // (7)
    }
    score.project_backward(query, keys, cache.projections, gradients, d_query, d_keys);  // (8)
  });
}

template <class S>
StreamedLayer<S> AttentionLayer<S>::stream(const StreamContext& context) const {
  const StreamValue &query = context.inputs[0], &keys = context.inputs[1], &values = context.inputs[2];
  if (mask_ == AttentionMask::none && query.is_series)
    fail<ConfigError>(context.where, "expected attention that looks back only, to run step by step: a causal mask, ",
                      "or one query for all steps (LastStepAttention); got a query of every step without a mask");
  StreamContext series = context;
  series.inputs = context.inputs.subspan(mask_ == AttentionMask::causal ? 0 : 1);
  require_series(series, "attention");
  const Index steps = attention_steps(context);
  StreamValue output = query;
  output.features = values.features;
  std::unique_ptr<StreamLayer<S>> streamed;
  with_score([&]<class OfScore>(const OfScore& score) {
    using Streamed = AttentionStream<S, typename OfScore::Stream>;
    streamed = std::make_unique<Streamed>(typename OfScore::Stream(score, keys.features), values.features, steps,
                                          context.batch);
  });
  return {std::move(streamed), output};
}

template <class S>
std::vector<ForeignForm> AttentionLayer<S>::foreign_arrays(const ForeignContext& context) const {
  std::vector<ForeignForm> forms;
  with_score([&](const auto& score) { forms = score.foreign_arrays(context); });
  return forms;
}

template <class S>
void AttentionLayer<S>::require_call_shapes(const Sequence<S>& query, const Sequence<S>& keys,
                                            const Sequence<S>& values) const {
  require_features(kWhere, "query", query, query_features_);
  require_features(kWhere, "keys", keys, key_features_);
  require_shape(kWhere, "keys", keys, {keys.time(), query.batch(), key_features_});
  require_shape(kWhere, "values", values, {keys.time(), query.batch(), values.features()});
  if (keys.time() < 1) fail<ShapeError>(kWhere, "expected keys with at least one step, got keys = ", keys.shape());
  if (mask_ == AttentionMask::causal && query.time() != keys.time())
    fail<ShapeError>(kWhere, "expected as many query steps as key steps for a causal mask, got query = ", query.shape(),
                     " and keys = ", keys.shape());
}

TSATTN_LIBRARY_FUNCTION SaturatedCount Attention::weight_count(const InputSizes& inputs) const {
  const SaturatedCount query = inputs.features(0), keys = inputs.features(1), own = units == 0 ? keys : units;
  SaturatedCount count;
  with_score<float>(score, Index{1}, {}, [&]<class OfScore>(const OfScore&) {  // of any scalar as many
    count = OfScore::weight_count(query, keys, own);
  });
  return count;
}

template <class S>
AttentionLayer<S> Attention::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {3},
                 "the inputs query, keys, values (over one sequence: SelfAttention or LastStepAttention)");
  const SampleShape &query = context.inputs[0], &keys = context.inputs[1], &values = context.inputs[2];
  if (!may_agree(keys.time, values.time))
    fail<ShapeError>(context.where, "expected keys and values of as many steps, got keys ", keys, " and values ",
                     values);
  if (mask == AttentionMask::causal && !may_agree(query.time, keys.time))
    fail<ShapeError>(context.where, "expected as many query steps as key steps for a causal mask, got query ", query,
                     " and keys ", keys);
  if (units < 0) fail<ConfigError>(context.where, "expected units of at least 0, got ", units);
  AttentionLayer<S> layer(query.features, keys.features, score, mask, units == 0 ? keys.features : units,
                          context.where);
  layer.initialize(initialization, context.random);
  return layer;
}

TSATTN_LIBRARY_LAYER(Attention, AttentionLayer);

}  // namespace tsattn
