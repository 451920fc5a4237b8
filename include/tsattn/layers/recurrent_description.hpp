#pragma once

#include <cmath>
#include <string_view>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/weight_count.hpp>

/// What the descriptions of recurrent layers share: options, what they demand, how many weights they ask for and what
/// these start from.
namespace tsattn {

/// What a recurrent layer gives out: h_1 ... h_T, or h_T alone (as a value with one step).
enum class Returns { all_steps, last_step };

template <>
struct EnumNames<Returns> {
  static constexpr std::string_view kOption = "returns";
  static constexpr std::pair<std::string_view, Returns> kNames[] = {{"all_steps", Returns::all_steps},
                                                                    {"last_step", Returns::last_step}};
};

/// The biases of a recurrent layer.
///   one    b
///   none
///   two    b and b_h, which are added: PyTorch's bias_ih and bias_hh. The layer computes what it would with their sum,
///          but both get its gradient, so that an optimizer moves the sum twice as far. For training as PyTorch trains.
enum class RecurrentBias { one, none, two };

template <>
struct EnumNames<RecurrentBias> {
  static constexpr std::string_view kOption = "bias";
  static constexpr std::pair<std::string_view, RecurrentBias> kNames[] = {
      {"one", RecurrentBias::one}, {"none", RecurrentBias::none}, {"two", RecurrentBias::two}};
  /// For files that say "bias": true or false, as of a Dense layer.
  static RecurrentBias from_bool(bool has_bias) { return has_bias ? RecurrentBias::one : RecurrentBias::none; }
};

/// What the descriptions of all recurrent layers demand of their inputs: x, or x and every initial state, of which
/// there are `states`; `meaning` names them. Throws ConfigError for units below 1, ShapeError for other inputs.
void require_recurrent_inputs(const BuildContext& context, Index units, Index states, std::string_view meaning);
template <class RecurrentLayer>
void require_recurrent_inputs(const BuildContext& context, Index units) {
  require_recurrent_inputs(context, units, RecurrentLayer::kStates, RecurrentLayer::kInputs);
}

/// The number of weights of a recurrent cell: w_x [G H, F], w_h [G H, H], and b, b_h [G H] as `bias` says.
SaturatedCount recurrent_weight_count(Index gates, Index units, RecurrentBias bias, const InputSizes& inputs);

/// Initial weights of a recurrent cell: w_x [G H, F], w_h [G H, H], b [G H], and b_h or nothing.
template <class S, class Parameters>
void initialize_recurrent(Initialization scheme, Parameters& p, Random& random) {
  if (scheme == Initialization::zeros) return;
  if (scheme == Initialization::keras) {
    fill_glorot_uniform(p.w_x, random);
    fill_orthogonal(p.w_h, random);
    return;
  }
  const double bound = 1 / std::sqrt(static_cast<double>(p.w_h.cols()));
  fill_uniform(p.w_x.data(), p.w_x.size(), bound, random);
  fill_uniform(p.w_h.data(), p.w_h.size(), bound, random);
  if (p.b_h.size() > 0) {
    fill_uniform(p.b.data(), p.b.size(), bound, random);
    fill_uniform(p.b_h.data(), p.b_h.size(), bound, random);
    return;
  }
  for (Index i = 0; i < p.b.size(); ++i)
    p.b(i) = static_cast<S>(random.uniform(-bound, bound) + random.uniform(-bound, bound));  // b_ih + b_hh
}

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/recurrent_description.inl>
#endif
