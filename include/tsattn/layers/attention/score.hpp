#pragma once

#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/sequence.hpp>

/// How well a key fits a query: what AttentionLayer leaves to a score. Every score is a class of its own, DotScore in
/// dot.hpp, GeneralScore in general.hpp, AdditiveScore in additive.hpp, which reads the weights of a layer and has
///
///   Parameters            its weights, empty in a layer with another score
///   Cache                 what its forward leaves for its backward
///   set_sizes             gives the weights their sizes, all zero, or throws where the sizes do not fit the score
///   weight_count          how many those are, for sizes that nobody has checked yet
///   initialize            draws the initial weights
///   project               computes (1), p and k', of all steps and samples;  `projected` says where they are
///   scores                computes (2) of one sample
///   scores_backward       computes (7) of one sample: from ds, which it overwrites, dp and dk', which
///                         `projected_gradients` says where to put; one that is null or has no data is declined
///   project_backward      computes (8): from dp and dk' the gradients of inputs and weights
///   Stream                computes (1) and (2) one step at a time
///   foreign_arrays        the weights in the naming of other libraries
///
/// The numbers are those of the equations of AttentionLayer and docs/layers/attention.md. A further score is a class
/// like these, a name in Score, and a line in each of AttentionLayer's Parameters and Cache and in with_score
/// (attention.inl).
namespace tsattn {

/// How well a key fits a query; Attention has it as an option.
enum class Score { dot, scaled_dot, general, additive };

template <>
struct EnumNames<Score> {
  static constexpr std::string_view kOption = "score";
  static constexpr std::pair<std::string_view, Score> kNames[] = {{"dot", Score::dot},
                                                                  {"scaled_dot", Score::scaled_dot},
                                                                  {"general", Score::general},
                                                                  {"additive", Score::additive}};
};

/// What a score compares: p [Tq, B, D] of the queries and k' [Tk, B, D] of the keys.
template <class S>
struct Projected {
  const Sequence<S>& query;
  const Sequence<S>& keys;
};

/// Where dp and dk' go; null: declined.
template <class S>
struct ProjectedGradients {
  Sequence<S>* query;
  Sequence<S>* keys;
};

}  // namespace tsattn
