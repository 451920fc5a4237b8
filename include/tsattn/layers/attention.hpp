#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/softmax/softmax.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// How well a key fits a query.
enum class Score { dot, scaled_dot, general, additive };

template <>
struct EnumNames<Score> {
  static constexpr std::string_view kOption = "score";
  static constexpr std::pair<std::string_view, Score> kNames[] = {{"dot", Score::dot},
                                                                  {"scaled_dot", Score::scaled_dot},
                                                                  {"general", Score::general},
                                                                  {"additive", Score::additive}};
};

/// Which keys a query may look at: all, or only those of its own step and earlier ones.
enum class AttentionMask { none, causal };

template <>
struct EnumNames<AttentionMask> {
  static constexpr std::string_view kOption = "mask";
  static constexpr std::pair<std::string_view, AttentionMask> kNames[] = {{"none", AttentionMask::none},
                                                                          {"causal", AttentionMask::causal}};
};

/// Attention: every query takes a weighted mean of the values, weighted by how well their keys fit.
/// Tq, Tk query and key steps, Dq, Dk, Dv features of query, keys and values, A attention units.
///   forward   (1) p = q (dot, scaled_dot), W^T q (general), W_q q + b (additive);   k' = k, for additive W_k k
///             (2) s_k = p . k'_k  (dot, general),  p . k'_k / sqrt(Dk)  (scaled_dot),  v . tanh(p + k'_k)  (additive)
///             (3) w = softmax over k of s, with a causal mask over k <= the query's step only
///             (4) c = sum_k w_k v_k
///   backward  (5) dw_k = dc . v_k,  dv_k += w_k dc                      (6) ds_k = w_k (dw_k - sum_j w_j dw_j)
///             (7) from ds: dp, dk' (and dv of the score), see kernels/attention/attention.hpp
///             (8) general:  dW += Q dP^T, dq = W dp
///                 additive: dW_q += dP Q^T, db += sum dP, dW_k += dK' K^T, dq = W_q^T dp, dk = W_k^T dk'
/// Source: dot and general Luong, Pham & Manning 2015; scaled dot Vaswani et al. 2017; additive Bahdanau, Cho & Bengio
/// 2015. Derivation: docs/layers/attention.md.
template <class S>
class AttentionLayer {
 public:
  using Scalar = S;
  static constexpr std::string_view kWhere = "Attention";

  struct Parameters {
    Matrix<S> w;    // [Dq, Dk]  general
    Matrix<S> w_q;  // [A, Dq]   additive, as all below
    Matrix<S> w_k;  // [A, Dk]
    Vector<S> b;    // [A]
    Vector<S> v;    // [A]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      if (self.w.size() > 0) visitor("w", self.w);
      if (self.v.size() > 0)
        visitor("w_q", self.w_q), visitor("w_k", self.w_k), visitor("b", self.b), visitor("v", self.v);
    }
  };
  using Gradients = Parameters;

  struct Cache {
    Sequence<S> weights;  // [Tq, B, Tk]  w of (3): column b of step t are the weights of query step t of sample b
    Sequence<S> query;    // [Tq, B, Dk or A]  p of (1), if it is not q itself
    Sequence<S> keys;     // [Tk, B, A]        k' of (1), if it is not k itself
    Sequence<S> d_query, d_keys;  // backward's own: dp, dk'
    Matrix<S> d_weights;          // [Tk, Tq]  dw, then ds, of one sample
  };

  /// Zero weights. `units` is A, used by the additive score only. Throws ConfigError for sizes below 1, ShapeError if a
  /// dot score is asked of queries and keys of different size.
  AttentionLayer(Index query_features, Index key_features, Score score, AttentionMask mask = AttentionMask::none,
                 Index units = 0)
      : query_features_(query_features), key_features_(key_features), score_(score), mask_(mask) {
    require_positive(kWhere, "query features", query_features);
    require_positive(kWhere, "key features", key_features);
    switch (score) {
      case Score::dot:
      case Score::scaled_dot:
        require_equal_sizes(kWhere, query_features, key_features, score);
        break;
      case Score::general:
        parameters_.w = Matrix<S>(query_features, key_features);
        break;
      case Score::additive:
        require_positive(kWhere, "units", units);
        parameters_.w_q = Matrix<S>(units, query_features);
        parameters_.w_k = Matrix<S>(units, key_features);
        parameters_.b = Vector<S>(units);
        parameters_.v = Vector<S>(units);
        break;
    }
  }

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {inputs[0].time, inputs[2].features}; }

  /// The weights w [Tq, B, Tk] of the run that `cache` comes from; they sum to 1 over each column.
  static const Sequence<S>& attention_weights(const Cache& cache) { return cache.weights; }

  /// query [Tq, B, Dq], keys [Tk, B, Dk], values [Tk, B, Dv] -> y [Tq, B, Dv]. Throws ShapeError for other shapes, for
  /// no key step, and for a causal mask with Tq != Tk.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
    require_inputs(kWhere, inputs.count(), {3}, "the inputs query, keys, values");
    const Sequence<S>&query = inputs[0], &keys = inputs[1], &values = inputs[2];
    require_call_shapes(query, keys, values);
    project(query, keys, cache);
    const Sequence<S>&p = projected_query(query, cache), &k = projected_keys(keys, cache);
    cache.weights.resize({query.time(), query.batch(), keys.time()});
    y.resize({query.time(), query.batch(), values.features()});
    y.fill(0);
    for (Index b = 0; b < query.batch(); ++b) {
      const Steps<S> w(cache.weights, b), c(y, b);
      const Steps<const S> v(values, b);
      compute_scores({p, b}, {k, b}, w);  // (2)
      for (Index t = 0; t < w.count; ++t) {
        const Index visible = visible_keys(t, v.count);
        kernels::softmax_forward(visible, w[t], w[t]);  // (3)
        std::fill(w[t] + visible, w[t] + v.count, S(0));
      }
      if (uses_products(w.count)) {
        kernels::add_product(v.size, w.count, v.count, v.data, v.stride, w.data, 1, w.stride, c.data, c.stride);  // (4)
      } else {
        for (Index t = 0; t < w.count; ++t)
          kernels::weighted_sum(visible_keys(t, v.count), v.size, w[t], v.data, v.stride, c[t]);  // (4)
      }
    }
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const {
    require_shape("Attention::backward", "dy", dy, y.shape());
    const Sequence<S>&query = inputs[0], &keys = inputs[1], &values = inputs[2];
    require_shape("Attention::backward", "the cache of a forward with weights", cache.weights,
                  {query.time(), query.batch(), keys.time()});
    const Sequence<S>&p = projected_query(query, cache), &k = projected_keys(keys, cache);
    const bool additive = score_ == Score::additive;
    Sequence<S>* d_values = assigned_zero(d_inputs[2], values);
    const bool is_projected = score_ == Score::general || score_ == Score::additive;
    Sequence<S>* dp = assigned_zero(is_projected ? &cache.d_query : d_inputs[0], p);
    Sequence<S>* dk = additive ? assigned_zero(&cache.d_keys, k) : assigned_zero(d_inputs[1], keys);
    cache.d_weights.resize(keys.time(), query.time());
    for (Index b = 0; b < query.batch(); ++b) {
      const Steps<const S> w(cache.weights, b), dc(dy, b), v(values, b);
      const Steps<S> ds(cache.d_weights), dv = steps_or_null(d_values, b);
      if (uses_products(w.count)) {
        cache.d_weights.fill(0);
        kernels::add_transposed_product(v.count, w.count, v.size, v.data, v.stride, dc.data, 1, dc.stride, ds.data,
                                        ds.stride);  // (5)
        if (dv.data != nullptr)
          kernels::add_product(v.size, v.count, w.count, dc.data, dc.stride, w.data, w.stride, 1, dv.data,
                               dv.stride);  // (5)
      } else {
        for (Index t = 0; t < w.count; ++t)
          kernels::weighted_sum_backward(visible_keys(t, v.count), v.size, w[t], v.data, v.stride, dc[t], ds[t],
                                         dv.data);  // (5)
      }
      for (Index t = 0; t < w.count; ++t)
        kernels::softmax_backward(visible_keys(t, v.count), w[t], ds[t], ds[t]);                           // (6)
      add_gradients_of_scores({p, b}, {k, b}, ds, steps_or_null(dp, b), steps_or_null(dk, b), gradients);  // (7)
    }
    back_project(query, keys, cache, gradients, d_inputs[0], d_inputs[1]);
  }

  /// Throws ShapeError if a dot score is asked of queries and keys of different size.
  static void require_equal_sizes(std::string_view where, Index query_features, Index key_features, Score score) {
    const bool is_dot = score == Score::dot || score == Score::scaled_dot;
    if (is_dot && query_features != key_features)
      fail<ShapeError>(where, "expected query and keys of the same size for the score ", name_of(score), ", got ",
                       query_features, " and ", key_features, "; the scores general and additive take any sizes");
  }

  /// Over the last attention_steps keys and values. Without a mask the query must be one for all steps (LastStep): what
  /// other steps would ask of the steps after them is not known yet. Throws ConfigError for such a query, or keys and
  /// values that are not of every step.
  StreamedLayer<S> stream(const StreamContext& context) const {
    const StreamValue &query = context.inputs[0], &keys = context.inputs[1], &values = context.inputs[2];
    if (mask_ == AttentionMask::none && query.is_series)
      fail<ConfigError>(context.where, "expected attention that looks back only, to run step by step: a causal mask, ",
                        "or one query for all steps (LastStepAttention); got a query of every step without a mask");
    StreamContext series = context;
    series.inputs = context.inputs.subspan(mask_ == AttentionMask::causal ? 0 : 1);
    require_series(series, "attention");
    StreamValue output = query;
    output.features = values.features;
    return {std::make_unique<Stream>(*this, context, keys.features, values.features), output};
  }

 private:
  class Stream final : public StreamLayer<S> {
   public:
    Stream(const AttentionLayer& layer, const StreamContext& context, Index keys, Index values)
        : query_features_(layer.query_features_),
          key_features_(keys),
          value_features_(values),
          steps_(attention_steps(context)),
          batch_(context.batch),
          scale_(layer.scale()),
          is_additive_(layer.score_ == Score::additive),
          v_(layer.parameters_.v) {
      const Parameters& p = layer.parameters_;
      if (layer.score_ == Score::general) {
        Matrix<S> transposed(p.w.cols(), p.w.rows());
        transposed.map() = p.w.map().transpose();
        query_ = PackedDense<S>(transposed, Vector<S>());
      } else if (is_additive_) {
        query_ = PackedDense<S>(p.w_q, p.b);
        keys_ = PackedDense<S>(p.w_k, Vector<S>());
      }
    }
    /// k' [L, B, Dk or A] and v [L, B, Dv], step t in slot t mod L.
    Index state_size() const override { return steps_ * batch_ * (key_size() + value_features_); }
    /// p [B, Dk or A], and the weights [L].
    Index scratch_size() const override { return batch_ * key_size() + steps_; }
    void step(const StreamCall<S>& call) const noexcept override {
      const Index slot = call.step % steps_, count = (std::min)(call.step + 1, steps_);
      const Index key_stride = batch_ * key_size(), value_stride = batch_ * value_features_;
      S *keys = call.state, *values = call.state + steps_ * key_stride;
      if (is_additive_) {
        keys_(batch_, call.inputs[1], keys + slot * key_stride);  // (1)
      } else {
        std::copy_n(call.inputs[1], key_stride, keys + slot * key_stride);
      }
      std::copy_n(call.inputs[2], value_stride, values + slot * value_stride);
      const S* p = call.inputs[0];
      if (query_.units() > 0) {
        query_(batch_, p, call.scratch);  // (1)
        p = call.scratch;
      }
      S* w = call.scratch + key_stride;
      for (Index b = 0; b < batch_; ++b) {
        const S *p_b = p + b * key_size(), *k_b = keys + b * key_size();
        if (is_additive_) {
          kernels::additive_scores(count, key_size(), v_.data(), p_b, k_b, key_stride, w);  // (2)
        } else {
          kernels::dot_scores(count, key_size(), scale_, p_b, k_b, key_stride, w);  // (2)
        }
        kernels::softmax_forward(count, w, w);  // (3)
        kernels::weighted_sum(count, value_features_, w, values + b * value_features_, value_stride,
                              call.y + b * value_features_);  // (4)
      }
    }

   private:
    Index key_size() const { return is_additive_ ? v_.size() : key_features_; }

    Index query_features_, key_features_, value_features_, steps_, batch_;
    S scale_;
    bool is_additive_;
    PackedDense<S> query_, keys_;
    Vector<S> v_;
  };

  void require_call_shapes(const Sequence<S>& query, const Sequence<S>& keys, const Sequence<S>& values) const {
    require_features(kWhere, "query", query, query_features_);
    require_features(kWhere, "keys", keys, key_features_);
    require_shape(kWhere, "keys", keys, {keys.time(), query.batch(), key_features_});
    require_shape(kWhere, "values", values, {keys.time(), query.batch(), values.features()});
    if (keys.time() < 1) fail<ShapeError>(kWhere, "expected keys with at least one step, got keys = ", keys.shape());
    if (mask_ == AttentionMask::causal && query.time() != keys.time())
      fail<ShapeError>(kWhere,
                       "expected as many query steps as key steps for a causal mask, got query = ", query.shape(),
                       " and keys = ", keys.shape());
  }

  /// One sample of a sequence [count, B, size]: its step t starts at data[t stride].
  template <class T>
  struct Steps {
    Index count, size, stride;
    T* data;

    Steps() : count(0), size(0), stride(0), data(nullptr) {}
    template <class OfS>
    Steps(OfS& x, Index b)
        : count(x.time()), size(x.features()), stride(x.features() * x.batch()), data(x.data() + b * x.features()) {}
    explicit Steps(Matrix<S>& x) : count(x.cols()), size(x.rows()), stride(x.rows()), data(x.data()) {}

    T* operator[](Index t) const { return data + t * stride; }
  };
  static Steps<S> steps_or_null(Sequence<S>* x, Index b) { return x == nullptr ? Steps<S>() : Steps<S>(*x, b); }

  /// Whether (2), (4), (5) and (7) are products over all queries of a sample. For a few queries, and under a mask,
  /// which cuts the products to triangles, one query after the other is faster.
  bool uses_products(Index queries) const { return mask_ == AttentionMask::none && queries >= 4; }

  void compute_scores(const Steps<const S>& p, const Steps<const S>& k, const Steps<S>& s) const {
    if (score_ != Score::additive && uses_products(p.count)) {
      for (Index t = 0; t < p.count; ++t) std::fill_n(s[t], k.count, S(0));
      kernels::add_transposed_product(k.count, p.count, k.size, k.data, k.stride, p.data, 1, p.stride, s.data,
                                      s.stride);
      for (Index t = 0; t < p.count && score_ == Score::scaled_dot; ++t) VectorMap<S>(s[t], k.count) *= scale();
      return;
    }
    for (Index t = 0; t < p.count; ++t) {
      const Index visible = visible_keys(t, k.count);
      if (score_ == Score::additive) {
        kernels::additive_scores(visible, k.size, parameters_.v.data(), p[t], k.data, k.stride, s[t]);
      } else {
        kernels::dot_scores(visible, k.size, scale(), p[t], k.data, k.stride, s[t]);
      }
    }
  }

  /// `ds` is overwritten; dp or dk without data is declined (not for the additive score).
  void add_gradients_of_scores(const Steps<const S>& p, const Steps<const S>& k, const Steps<S>& ds, const Steps<S>& dp,
                               const Steps<S>& dk, Parameters& gradients) const {
    if (score_ != Score::additive && uses_products(p.count)) {
      for (Index t = 0; t < p.count && score_ == Score::scaled_dot; ++t) VectorMap<S>(ds[t], k.count) *= scale();
      if (dp.data != nullptr)
        kernels::add_product(k.size, p.count, k.count, k.data, k.stride, ds.data, 1, ds.stride, dp.data, dp.stride);
      if (dk.data != nullptr)
        kernels::add_product(k.size, k.count, p.count, p.data, p.stride, ds.data, ds.stride, 1, dk.data, dk.stride);
      return;
    }
    for (Index t = 0; t < p.count; ++t) {
      const Index visible = visible_keys(t, k.count);
      S* dp_t = dp.data == nullptr ? nullptr : dp[t];
      if (score_ == Score::additive) {
        kernels::additive_scores_backward(visible, k.size, parameters_.v.data(), p[t], k.data, k.stride, ds[t],
                                          gradients.v.data(), dp_t, dk.data);
      } else {
        kernels::dot_scores_backward(visible, k.size, scale(), p[t], k.data, k.stride, ds[t], dp_t, dk.data);
      }
    }
  }

  S scale() const { return score_ == Score::scaled_dot ? 1 / std::sqrt(static_cast<S>(key_features_)) : S(1); }
  Index visible_keys(Index t, Index keys) const { return mask_ == AttentionMask::causal ? t + 1 : keys; }
  const Sequence<S>& projected_query(const Sequence<S>& query, const Cache& cache) const {
    return score_ == Score::dot || score_ == Score::scaled_dot ? query : cache.query;
  }
  const Sequence<S>& projected_keys(const Sequence<S>& keys, const Cache& cache) const {
    return score_ == Score::additive ? cache.keys : keys;
  }

  /// `gradient`, if it is wanted, with the shape of `of` and all zero.
  static Sequence<S>* assigned_zero(Sequence<S>* gradient, const Sequence<S>& of) {
    if (gradient == nullptr) return nullptr;
    gradient->resize(of.shape());
    gradient->fill(0);
    return gradient;
  }

  /// out += w x over all steps and samples.
  static void add_product(const Matrix<S>& w, const Sequence<S>& x, Sequence<S>& out) {
    kernels::add_product(w.rows(), x.time() * x.batch(), w.cols(), w.data(), w.rows(), x.data(), 1, w.cols(),
                         out.data(), w.rows());
  }
  /// d_w += left right^T, summed over all steps and samples.
  static void add_outer_products(const Sequence<S>& left, const Sequence<S>& right, Matrix<S>& d_w) {
    kernels::add_product(d_w.rows(), d_w.cols(), left.time() * left.batch(), left.data(), d_w.rows(), right.data(),
                         d_w.cols(), 1, d_w.data(), d_w.rows());
  }
  /// out += w^T x
  static void add_transposed_product(const Matrix<S>& w, const Sequence<S>& x, Sequence<S>& out) {
    kernels::add_transposed_product(w.cols(), x.time() * x.batch(), w.rows(), w.data(), w.rows(), x.data(), 1, w.rows(),
                                    out.data(), w.cols());
  }

  void project(const Sequence<S>& query, const Sequence<S>& keys, Cache& cache) const {  // (1)
    const Parameters& p = parameters_;
    if (score_ == Score::general) {
      cache.query.resize({query.time(), query.batch(), key_features_});
      cache.query.fill(0);
      add_transposed_product(p.w, query, cache.query);
    } else if (score_ == Score::additive) {
      cache.query.resize({query.time(), query.batch(), p.v.size()});
      kernels::repeat_column(p.v.size(), query.time() * query.batch(), p.b.data(), cache.query.data());
      add_product(p.w_q, query, cache.query);
      cache.keys.resize({keys.time(), keys.batch(), p.v.size()});
      cache.keys.fill(0);
      add_product(p.w_k, keys, cache.keys);
    }
  }

  void back_project(const Sequence<S>& query, const Sequence<S>& keys, Cache& cache, Gradients& gradients,
                    Sequence<S>* d_query,
                    Sequence<S>* d_keys) const {  // (8)
    const Parameters& p = parameters_;
    switch (score_) {
      case Score::dot:
      case Score::scaled_dot:
        break;  // dq is dp, which is there already
      case Score::general:
        add_outer_products(query, cache.d_query, gradients.w);
        if (assigned_zero(d_query, query) != nullptr) add_product(p.w, cache.d_query, *d_query);
        break;
      case Score::additive:
        add_outer_products(cache.d_query, query, gradients.w_q);
        kernels::add_column_sums(p.b.size(), query.time() * query.batch(), cache.d_query.data(), p.b.size(),
                                 gradients.b.data());
        add_outer_products(cache.d_keys, keys, gradients.w_k);
        if (assigned_zero(d_query, query) != nullptr) add_transposed_product(p.w_q, cache.d_query, *d_query);
        if (assigned_zero(d_keys, keys) != nullptr) add_transposed_product(p.w_k, cache.d_keys, *d_keys);
        break;
    }
  }

  Index query_features_;
  Index key_features_;
  Score score_;
  AttentionMask mask_;
  Parameters parameters_;
};

/// Describes an AttentionLayer. Its inputs are always three: query, keys, values. Attention over a memory uses it
/// twice, {query, memory, memory}; self attention three times, {x, x, x}. For the usual uses see model/blocks.hpp.
struct Attention {
  static constexpr std::string_view kKind = "attention";

  Score score = Score::scaled_dot;
  AttentionMask mask = AttentionMask::none;
  Index units = 0;  ///< A, for the additive score; 0: as many as the keys have features
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("score", self.score), visitor("mask", self.mask), visitor("units", self.units);
  }

  template <class S>
  AttentionLayer<S> build(const BuildContext& context) const {
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
    AttentionLayer<S>::require_equal_sizes(context.where, query.features, keys.features, score);
    AttentionLayer<S> layer(query.features, keys.features, score, mask, units == 0 ? keys.features : units);
    if (initialization == Initialization::zeros) return layer;
    typename AttentionLayer<S>::Parameters& p = layer.parameters();
    const bool keras = initialization == Initialization::keras;
    for (Matrix<S>* w : {&p.w, &p.w_q, &p.w_k}) {
      if (w->size() == 0) continue;
      if (keras) {
        fill_glorot_uniform(*w, context.random);
      } else {
        fill_uniform(w->data(), w->size(), 1 / std::sqrt(static_cast<double>(w->cols())), context.random);
      }
    }
    const auto fan_in = static_cast<double>(p.v.size());
    fill_uniform(p.v.data(), p.v.size(), keras ? std::sqrt(6 / (fan_in + 1)) : 1 / std::sqrt(fan_in), context.random);
    if (!keras)
      fill_uniform(p.b.data(), p.b.size(), 1 / std::sqrt(static_cast<double>(query.features)), context.random);
    return layer;
  }
};

}  // namespace tsattn
