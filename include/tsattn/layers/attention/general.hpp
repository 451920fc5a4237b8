#pragma once

#include <string_view>
#include <vector>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/dot.hpp>
#include <tsattn/layers/attention/keras_attention.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/projection.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>
#include <tsattn/layers/attention/score.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/packed_dense.hpp>

namespace tsattn {

/// The dot product of a projected query and a key, q^T W k: the fit is learned, and the sizes may differ.
///   forward   (1) p = W^T q,  k' = k             (2) s_k = p . k'_k
///   backward  (7) as DotScore's                  (8) dW += Q dP^T,  dq = W dp,  dk = dk'
/// Source: Luong, Pham & Manning 2015.
template <class S>
class GeneralScore {
 public:
  struct Parameters {
    Matrix<S> w;  // [Dq, Dk]
  };
  struct Cache {
    Sequence<S> p;   // [Tq, B, Dk]
    Sequence<S> dp;  // backward's own
  };
  class Stream;

  explicit GeneralScore(const Parameters& weights) : weights_(weights), dot_(Score::dot, weights.w.cols()) {}

  static SaturatedCount weight_count(SaturatedCount query_features, SaturatedCount key_features, SaturatedCount) {
    return query_features * key_features;
  }
  static void set_sizes(std::string_view, Score, Index query_features, Index key_features, Index, Parameters& weights) {
    weights.w = Matrix<S>(query_features, key_features);
  }
  static void initialize(Initialization scheme, Parameters& weights, Random& random) {
    initialize_projection(scheme, weights.w, random);
  }

  /// A parameter of a module in PyTorch; from Keras' Attention, whose scores have one number as weight.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const {
    const ForeignTensor w("w", weights_.w);
    if (context.library == ForeignLibrary::pytorch) return {{{ForeignArray::whole("weight", w)}}};
    require_keras_can_be_read(context);
    require_square_as_in_keras(context, w, "features of a query");
    return {{{{"scale", {}, {ForeignLink::diagonal(w)}, {}, "without a scale it is Score::dot"}},
             {{ForeignLink::whole(w), 0.0}}}};
  }

  void project(const Sequence<S>& query, const Sequence<S>&, Cache& cache) const {
    cache.p.resize({query.time(), query.batch(), weights_.w.cols()});
    cache.p.fill(0);
    add_transposed_projection(weights_.w, query, cache.p);  // (1)
  }
  Projected<S> projected(const Sequence<S>&, const Sequence<S>& keys, const Cache& cache) const {
    return {cache.p, keys};
  }

  void scores(AttentionMask mask, const SampleSteps<const S>& p, const SampleSteps<const S>& k,
              const SampleSteps<S>& s) const {
    dot_.scores(mask, p, k, s);  // (2)
  }

  /// dW needs dp, whether dq is wanted or not.
  ProjectedGradients<S> projected_gradients(Sequence<S>*, Sequence<S>* d_keys, Cache& cache) const {
    return {&cache.dp, d_keys};
  }
  void scores_backward(AttentionMask mask, const SampleSteps<const S>& p, const SampleSteps<const S>& k,
                       const SampleSteps<S>& ds, const SampleSteps<S>& dp, const SampleSteps<S>& dk,
                       Parameters&) const {
    typename DotScore<S>::Parameters none;
    dot_.scores_backward(mask, p, k, ds, dp, dk, none);  // (7)
  }
  void project_backward(const Sequence<S>& query, const Sequence<S>&, const Cache& cache, Parameters& gradients,
                        Sequence<S>* d_query, Sequence<S>*) const {
    add_projection_gradient(query, cache.dp, gradients.w);                                         // (8)
    if (assigned_zero(d_query, query) != nullptr) add_projection(weights_.w, cache.dp, *d_query);  // (8)
  }

 private:
  const Parameters& weights_;
  DotScore<S> dot_;
};

template <class S>
class GeneralScore<S>::Stream {
 public:
  Stream(const GeneralScore& score, Index key_features) : dot_(score.dot_, key_features) {
    const Matrix<S>& w = score.weights_.w;
    Matrix<S> transposed(w.cols(), w.rows());
    transposed.map() = w.map().transpose();
    query_ = PackedDense<S>(transposed, Vector<S>());
  }

  Index size() const { return dot_.size(); }
  const S* query(Index batch, const S* q, S* memory) const noexcept {
    query_(batch, q, memory);
    return memory;
  }
  void key(Index batch, const S* key, S* k) const noexcept { dot_.key(batch, key, k); }
  void scores(Index count, const S* p, const S* k, Index stride, S* s) const noexcept {
    dot_.scores(count, p, k, stride, s);
  }

 private:
  typename DotScore<S>::Stream dot_;
  PackedDense<S> query_;
};

}  // namespace tsattn
