#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/additive.hpp>
#include <tsattn/layers/attention/dot.hpp>
#include <tsattn/layers/attention/general.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/score.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

/// Attention: every query takes a weighted mean of the values, weighted by how well their keys fit.
/// Tq, Tk query and key steps, Dq, Dk, Dv features of query, keys and values, A attention units.
///   forward   (1) p = q (dot, scaled_dot), W^T q (general), W_q q + b (additive);   k' = k, for additive W_k k
///             (2) s_k = p . k'_k  (dot, general),  p . k'_k / sqrt(Dk)  (scaled_dot),  v . tanh(p + k'_k)  (additive)
///             (3) w = softmax over k of s, with a causal mask over k <= the query's step only
///             (4) c = sum_k w_k v_k
///   backward  (5) dw_k = dc . v_k,  dv_k += w_k dc                      (6) ds_k = w_k (dw_k - sum_j w_j dw_j)
///             (7) from ds: dp, dk' (and dv of the score)                (8) from dp, dk': dq, dk and the weights'
/// (1), (2), (7) and (8) are the score's: attention/dot.hpp, general.hpp, additive.hpp. (3) to (6) are the same for
/// all, and for pooling: attention/softmax_mean.hpp. Sources: there. Derivation: docs/layers/attention.md.
template <class S>
class AttentionLayer {
 public:
  using Scalar = S;
  static constexpr std::string_view kWhere = "Attention";

  /// Of every score, its weights: w [Dq, Dk] of general; w_q [A, Dq], w_k [A, Dk], b [A], v [A] of additive. Those of
  /// scores that the layer does not have are empty.
  struct Parameters : DotScore<S>::Parameters, GeneralScore<S>::Parameters, AdditiveScore<S>::Parameters {
    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      if (self.w.size() > 0) visitor("w", self.w);
      if (self.v.size() > 0)
        visitor("w_q", self.w_q), visitor("w_k", self.w_k), visitor("b", self.b), visitor("v", self.v);
    }
  };
  using Gradients = Parameters;

  struct Cache {
    struct Projections : DotScore<S>::Cache, GeneralScore<S>::Cache, AdditiveScore<S>::Cache {};

    Sequence<S> weights;      // [Tq, B, Tk]  w of (3): column b of step t are the weights of query step t of sample b
    Projections projections;  // p and k' of (1), where they are not q and k themselves
    Matrix<S> d_weights;      // [Tk, Tq]  backward's own: dw, then ds, of one sample
  };

  /// Makes a layer of zero weights. `units` is A, used by the additive score only. Throws, from `where`, ConfigError
  /// for sizes below 1, ShapeError if a dot score is asked of queries and keys of different size.
  AttentionLayer(Index query_features, Index key_features, Score score, AttentionMask mask = AttentionMask::none,
                 Index units = 0, std::string_view where = kWhere);

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {inputs[0].time, inputs[2].features}; }

  /// The weights w [Tq, B, Tk] of the run that `cache` comes from; they sum to 1 over each column.
  static const Sequence<S>& attention_weights(const Cache& cache) { return cache.weights; }

  /// query [Tq, B, Dq], keys [Tk, B, Dk], values [Tk, B, Dv] -> y [Tq, B, Dv]. Throws ShapeError for other shapes, for
  /// no key step, and for a causal mask with Tq != Tk.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const;

  /// Over the last attention_steps keys and values. Without a mask the query must be one for all steps (LastStep): what
  /// other steps would ask of the steps after them is not known yet. Throws ConfigError for such a query, or keys and
  /// values that are not of every step.
  StreamedLayer<S> stream(const StreamContext& context) const;

  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const;

 private:
  friend struct Attention;

  /// visit(the score, which reads the weights)
  template <class Visit>
  void with_score(const Visit& visit) const;
  void initialize(Initialization scheme, Random& random);
  void require_call_shapes(const Sequence<S>& query, const Sequence<S>& keys, const Sequence<S>& values) const;

  Index query_features_;
  Index key_features_;
  Score score_;
  AttentionMask mask_;
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(AttentionLayer);

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

  SaturatedCount weight_count(const InputSizes& inputs) const;

  /// Throws ShapeError for other than three inputs and for shapes that do not fit, ConfigError for units below 0.
  template <class S>
  AttentionLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/attention.inl>
#endif
