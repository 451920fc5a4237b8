#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>
#include <tsattn/layers/attention/score.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>

namespace tsattn {

/// The dot product of query and key, without weights.
///   forward   (1) p = q,  k' = k           (2) s_k = a p . k'_k,  a = 1 (dot),  1 / sqrt(Dk) (scaled_dot)
///   backward  (7) dp = a sum_k ds_k k'_k,  dk'_k += a ds_k p             (8) dq = dp,  dk = dk'
/// Sources: dot Luong, Pham & Manning 2015; scaled dot Vaswani et al. 2017, so that the variance of s does not grow
/// with Dk.
template <class S>
class DotScore {
 public:
  struct Parameters {};
  struct Cache {};
  class Stream;

  DotScore(Score score, Index key_features)
      : is_scaled_(score == Score::scaled_dot), a_(is_scaled_ ? 1 / std::sqrt(static_cast<S>(key_features)) : S(1)) {}

  static SaturatedCount weight_count(SaturatedCount, SaturatedCount, SaturatedCount) { return 0; }
  static void set_sizes(std::string_view where, Score score, Index query_features, Index key_features, Index,
                        Parameters&) {
    if (query_features != key_features)
      fail<ShapeError>(where, "expected query and keys of the same size for the score ", name_of(score), ", got ",
                       query_features, " and ", key_features, "; the scores general and additive take any sizes");
  }
  static void initialize(Initialization, Parameters&, Random&) {}

  std::vector<ForeignForm> foreign_arrays(const ForeignContext&) const { return {ForeignForm{}}; }

  void project(const Sequence<S>&, const Sequence<S>&, Cache&) const {}
  Projected<S> projected(const Sequence<S>& query, const Sequence<S>& keys, const Cache&) const {
    return {query, keys};  // (1)
  }

  void scores(AttentionMask mask, const SampleSteps<const S>& p, const SampleSteps<const S>& k,
              const SampleSteps<S>& s) const {
    if (uses_products(mask, p.count)) {
      for (Index t = 0; t < p.count; ++t) std::fill_n(s[t], k.count, S(0));
      kernels::add_transposed_product(k.count, p.count, k.size, k.data, k.stride, p.data, 1, p.stride, s.data,
                                      s.stride);  // (2)
      multiply_by_a(s);
      return;
    }
    for (Index t = 0; t < p.count; ++t)
      kernels::dot_scores(visible_keys(mask, t, k.count), k.size, a_, p[t], k.data, k.stride, s[t]);  // (2)
  }

  ProjectedGradients<S> projected_gradients(Sequence<S>* d_query, Sequence<S>* d_keys, Cache&) const {
    return {d_query, d_keys};  // (8)
  }
  void scores_backward(AttentionMask mask, const SampleSteps<const S>& p, const SampleSteps<const S>& k,
                       const SampleSteps<S>& ds, const SampleSteps<S>& dp, const SampleSteps<S>& dk,
                       Parameters&) const {
    if (uses_products(mask, p.count)) {
      multiply_by_a(ds);
      if (dp.data != nullptr)
        kernels::add_product(k.size, p.count, k.count, k.data, k.stride, ds.data, 1, ds.stride, dp.data,
                             dp.stride);  // (7)
      if (dk.data != nullptr)
        kernels::add_product(k.size, k.count, p.count, p.data, p.stride, ds.data, ds.stride, 1, dk.data,
                             dk.stride);  // (7)
      return;
    }
    for (Index t = 0; t < p.count; ++t)
      kernels::dot_scores_backward(visible_keys(mask, t, k.count), k.size, a_, p[t], k.data, k.stride, ds[t],
                                   dp.data == nullptr ? nullptr : dp[t], dk.data);  // (7)
  }
  void project_backward(const Sequence<S>&, const Sequence<S>&, const Cache&, Parameters&, Sequence<S>*,
                        Sequence<S>*) const {}

 private:
  void multiply_by_a(const SampleSteps<S>& s) const {
    for (Index t = 0; t < s.count && is_scaled_; ++t) VectorMap<S>(s[t], s.size) *= a_;
  }

  bool is_scaled_;
  S a_;
};

template <class S>
class DotScore<S>::Stream {
 public:
  Stream(const DotScore& score, Index key_features) : features_(key_features), a_(score.a_) {}

  /// D, of p and k'.
  Index size() const { return features_; }
  /// p [B, D] of q, at `memory` if it is not q itself.
  const S* query(Index, const S* q, [[maybe_unused]] S* memory) const noexcept { return q; }
  /// Assigns k' [B, D].
  void key(Index batch, const S* key, S* k) const noexcept { std::copy_n(key, batch * features_, k); }
  /// Of one sample: k'_k at k[k stride].
  void scores(Index count, const S* p, const S* k, Index stride, S* s) const noexcept {
    kernels::dot_scores(count, features_, a_, p, k, stride, s);
  }

 private:
  Index features_;
  S a_;
};

}  // namespace tsattn
