#pragma once

#include <cmath>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/attention/keras_attention.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/projection.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>
#include <tsattn/layers/attention/score.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/packed_dense.hpp>

namespace tsattn {

/// A small network of query and key, with A attention units. It takes any sizes, and Tq Tk A evaluations of tanh for a
/// sample.
///   forward   (1) p = W_q q + b,  k' = W_k k             (2) s_k = v . tanh(p + k'_k)
///   backward  (7) with u_k = tanh(p + k'_k):  e_k = ds_k v * (1 - u_k^2),  dp = sum_k e_k,  dk'_k += e_k,
///                                             dv += sum_k ds_k u_k
///             (8) dW_q += dP Q^T,  db += sum dP,  dW_k += dK' K^T,  dq = W_q^T dp,  dk = W_k^T dk'
/// Source: Bahdanau, Cho & Bengio 2015, which has no b.
template <class S>
class AdditiveScore {
 public:
  struct Parameters {
    Matrix<S> w_q;  // [A, Dq]
    Matrix<S> w_k;  // [A, Dk]
    Vector<S> b;    // [A]
    Vector<S> v;    // [A]
  };
  struct Cache {
    Sequence<S> p;     // [Tq, B, A]
    Sequence<S> keys;  // [Tk, B, A]  k'
    Sequence<S> dp;    // backward's own, as dk'
    Sequence<S> d_keys;
  };
  class Stream;

  explicit AdditiveScore(const Parameters& weights) : weights_(weights) {}

  static SaturatedCount weight_count(SaturatedCount query_features, SaturatedCount key_features, SaturatedCount units) {
    return units * (query_features + key_features + 2);
  }
  /// Throws ConfigError for `units`, A, below 1.
  static void set_sizes(std::string_view where, Score, Index query_features, Index key_features, Index units,
                        Parameters& weights) {
    require_positive(where, "units", units);
    weights = {Matrix<S>(units, query_features), Matrix<S>(units, key_features), Vector<S>(units), Vector<S>(units)};
  }
  /// v as a Dense layer from A to 1, W_q and b as one from Dq to A.
  static void initialize(Initialization scheme, Parameters& weights, Random& random) {
    initialize_projection(scheme, weights.w_q, random);
    initialize_projection(scheme, weights.w_k, random);
    Vector<S>&b = weights.b, &v = weights.v;
    const auto units = static_cast<double>(v.size());
    if (scheme == Initialization::keras) fill_uniform(v.data(), v.size(), std::sqrt(6 / (units + 1)), random);
    if (scheme != Initialization::pytorch) return;
    fill_uniform(v.data(), v.size(), 1 / std::sqrt(units), random);
    fill_uniform(b.data(), b.size(), 1 / std::sqrt(static_cast<double>(weights.w_q.cols())), random);
  }

  /// A module of three torch.nn.Linear; from Keras' AdditiveAttention, which projects neither queries nor keys.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const {
    const ForeignTensor w_q("w_q", weights_.w_q), w_k("w_k", weights_.w_k), b("b", weights_.b), v("v", weights_.v);
    if (context.library == ForeignLibrary::pytorch) {
      ForeignArray key{"key.bias", {b.rows}, {ForeignLink::whole(b).added()}}, both = key;
      both.name = "bias";
      ForeignForm form{{ForeignArray::whole("query.weight", w_q), ForeignArray::whole("query.bias", b).optional(),
                        ForeignArray::whole("key.weight", w_k), key.optional()}};
      if (!context.is_written) form.arrays.push_back(both.optional());
      form.arrays.push_back(ForeignArray::reshaped("score.weight", v, {1, v.rows}));
      form.arrays.push_back(ForeignArray{"score.bias", {1}, {}}.optional());  // softmax does not see it
      return {form};
    }
    require_keras_can_be_read(context);
    ForeignForm unscaled;  // use_scale=False
    for (const ForeignTensor& w : {w_q, w_k}) {
      require_square_as_in_keras(context, w, "units and features of a query");
      unscaled.constants.emplace_back(ForeignLink::whole(w), 0.0);
      unscaled.constants.emplace_back(ForeignLink::diagonal(w), 1.0);
    }
    unscaled.constants.emplace_back(ForeignLink::whole(b), 0.0);
    unscaled.constants.emplace_back(ForeignLink::whole(v), 1.0);
    ForeignForm scaled = unscaled;
    scaled.arrays = {ForeignArray::whole("scale", v)};
    return {unscaled, scaled};
  }

  void project(const Sequence<S>& query, const Sequence<S>& keys, Cache& cache) const {
    const Index units = weights_.v.size();
    cache.p.resize({query.time(), query.batch(), units});
    kernels::repeat_column(units, query.time() * query.batch(), weights_.b.data(), cache.p.data());
    add_projection(weights_.w_q, query, cache.p);  // (1)
    cache.keys.resize({keys.time(), keys.batch(), units});
    cache.keys.fill(0);
    add_projection(weights_.w_k, keys, cache.keys);  // (1)
  }
  Projected<S> projected(const Sequence<S>&, const Sequence<S>&, const Cache& cache) const {
    return {cache.p, cache.keys};
  }

  void scores(AttentionMask mask, const SampleSteps<const S>& p, const SampleSteps<const S>& k,
              const SampleSteps<S>& s) const {
    for (Index t = 0; t < p.count; ++t)
      kernels::additive_scores(visible_keys(mask, t, k.count), k.size, weights_.v.data(), p[t], k.data, k.stride,
                               s[t]);  // (2)
  }

  /// dW_q, db and dW_k need both, whether dq and dk are wanted or not.
  ProjectedGradients<S> projected_gradients(Sequence<S>*, Sequence<S>*, Cache& cache) const {
    return {&cache.dp, &cache.d_keys};
  }
  /// u_k is computed again: keeping it would take Tq Tk A scalars for each sample.
  void scores_backward(AttentionMask mask, const SampleSteps<const S>& p, const SampleSteps<const S>& k,
                       const SampleSteps<S>& ds, const SampleSteps<S>& dp, const SampleSteps<S>& dk,
                       Parameters& gradients) const {
    for (Index t = 0; t < p.count; ++t)
      kernels::additive_scores_backward(visible_keys(mask, t, k.count), k.size, weights_.v.data(), p[t], k.data,
                                        k.stride, ds[t], gradients.v.data(), dp[t], dk.data);  // (7)
  }
  void project_backward(const Sequence<S>& query, const Sequence<S>& keys, const Cache& cache, Parameters& gradients,
                        Sequence<S>* d_query, Sequence<S>* d_keys) const {  // (8)
    const Index units = weights_.v.size();
    add_projection_gradient(cache.dp, query, gradients.w_q);
    kernels::add_column_sums(units, query.time() * query.batch(), cache.dp.data(), units, gradients.b.data());
    add_projection_gradient(cache.d_keys, keys, gradients.w_k);
    if (assigned_zero(d_query, query) != nullptr) add_transposed_projection(weights_.w_q, cache.dp, *d_query);
    if (assigned_zero(d_keys, keys) != nullptr) add_transposed_projection(weights_.w_k, cache.d_keys, *d_keys);
  }

 private:
  const Parameters& weights_;
};

template <class S>
class AdditiveScore<S>::Stream {
 public:
  Stream(const AdditiveScore& score, Index)
      : query_(score.weights_.w_q, score.weights_.b), keys_(score.weights_.w_k, Vector<S>()), v_(score.weights_.v) {}

  Index size() const { return v_.size(); }
  const S* query(Index batch, const S* q, S* memory) const noexcept {
    query_(batch, q, memory);
    return memory;
  }
  void key(Index batch, const S* key, S* k) const noexcept { keys_(batch, key, k); }
  void scores(Index count, const S* p, const S* k, Index stride, S* s) const noexcept {
    kernels::additive_scores(count, v_.size(), v_.data(), p, k, stride, s);
  }

 private:
  PackedDense<S> query_, keys_;
  Vector<S> v_;
};

}  // namespace tsattn
