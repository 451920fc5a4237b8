#pragma once

// Made by scripts/embedded_part_texts from embedded/parts/; do not edit.
// clang-format off

#include <string_view>
#include <utility>

#include <tsattn/embedded/part_texts.hpp>

namespace tsattn::embedded {

namespace part_texts_parts {

inline constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
{"activation", R"text(#ifndef TSATTN_EMBEDDED_PARTS_ACTIVATION_HPP
#define TSATTN_EMBEDDED_PARTS_ACTIVATION_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

struct TanhFunction {
  static constexpr const char* kName = "Tanh";
  template <size_t W>
  static TSATTN_EMBEDDED_INLINE parts::Floats<W> apply(parts::Floats<W> x) {
    return parts::tanh<W>(x);
  }
};
struct SigmoidFunction {
  static constexpr const char* kName = "Sigmoid";
  template <size_t W>
  static TSATTN_EMBEDDED_INLINE parts::Floats<W> apply(parts::Floats<W> x) {
    return parts::sigmoid<W>(x);
  }
};
struct ReluFunction {
  static constexpr const char* kName = "Relu";
  template <size_t W>
  static TSATTN_EMBEDDED_INLINE parts::Floats<W> apply(parts::Floats<W> x) {
    const parts::Floats<W> zero{};
    return zero > x ? zero : x;  // NaN for NaN
  }
};

/// y = f(x), element by element: Tanh<F>, Sigmoid<F>, Relu<F>.
template <size_t F, class Function>
struct Activation {
  static_assert(F > 0, "an activation of at least 1 feature");
  static constexpr size_t kInputs = F, kOutputs = F;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  static constexpr size_t kWeightCount = 0;
  using Weights = parts::NoWeights;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float y[F];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text(Function::kName, F);
  }

  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights&, State& state, const float* x) noexcept {
    using namespace parts;
    for_packs<F>([&](auto lanes, size_t i) {
      store<lanes.value>(state.y + i, Function::template apply<lanes.value>(load<lanes.value>(x + i)));
    });
    return state.y;
  }
};
template <size_t F>
using Tanh = Activation<F, TanhFunction>;
template <size_t F>
using Sigmoid = Activation<F, SigmoidFunction>;
template <size_t F>
using Relu = Activation<F, ReluFunction>;

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"attention_pooling", R"text(#ifndef TSATTN_EMBEDDED_PARTS_ATTENTION_POOLING_HPP
#define TSATTN_EMBEDDED_PARTS_ATTENTION_POOLING_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// The score of a step in AttentionPooling: v . h, or v . tanh(W h + b). (A bias beside the first would change
/// nothing.)
enum class PoolingScore { linear, tanh };

/// One weighted mean of the last L steps of its input, or of all since reset while there are fewer: the softmax of
/// their scores is the weight. Takes the same time at every step. A is of the tanh score.
template <size_t D, size_t L, PoolingScore kScore = PoolingScore::linear, size_t A = 0>
struct AttentionPooling {
  static_assert(D > 0 && L > 0 && (kScore == PoolingScore::linear) == (A == 0),
                "AttentionPooling<D, L> or AttentionPooling<D, L, PoolingScore::tanh, A>: sizes of at least 1");
  static constexpr size_t kInputs = D, kOutputs = D, kSteps = L;
  static constexpr bool kReadsSeries = true, kEndsSeries = true;
  using Keys = parts::Panels<A, 1, 1, D, 0>;
  static constexpr size_t kWeightCount =
      kScore == PoolingScore::linear ? D : A + Keys::kCount;  // v, then W h + b by Panels
  using Weights = parts::WeightsOf<kWeightCount + (kScore == PoolingScore::linear ? 0 : Keys::kPadding)>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float steps[L][D];
    float scores[L], weights[L], y[D];
    float keys[Keys::kPaddedUnits + 1];
    size_t next;
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    if constexpr (kScore == PoolingScore::linear) {
      return text("AttentionPooling", D, L);
    } else {
      return text("AttentionPooling", D, L, "PoolingScore::tanh", A);
    }
  }

  static void reset(State& state) noexcept {
    for (auto& step : state.steps) parts::fill(step, 0.0F);
    parts::fill(state.scores, kNoStep);
    state.next = 0;
  }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float* slot = state.steps[state.next];
    for_packs<D>([&](auto lanes, size_t i) { store<lanes.value>(slot + i, load<lanes.value>(x + i)); });
    state.scores[state.next] = score(weights.values, state, x);
    state.next = state.next + 1 == L ? 0 : state.next + 1;

    float largest = state.scores[0], total = 0;
    for (size_t i = 1; i < L; ++i) largest = state.scores[i] > largest ? state.scores[i] : largest;
    for_packs<L>([&](auto lanes, size_t i) {
      constexpr size_t kW = lanes.value;
      const Floats<kW> weight = exp_of_negative<kW>(load<kW>(state.scores + i) - largest);
      store<kW>(state.weights + i, weight);
      total += sum<kW>(weight);
    });
    for_packs<D>([&](auto lanes, size_t i) {
      constexpr size_t kW = lanes.value;
      Floats<kW> mean{};
      for (size_t s = 0; s < L; ++s) mean = fma<kW>(set<kW>(state.weights[s]), load<kW>(state.steps[s] + i), mean);
      store<kW>(state.y + i, mean / total);
    });
    return state.y;
  }

 private:
  static constexpr float kNoStep = -3.0e38F;  // its weight is e^-87 of the largest, and its step is 0

  static TSATTN_EMBEDDED_INLINE float score(const float* weights, State& state, const float* x) {
    using namespace parts;
    if constexpr (kScore == PoolingScore::linear) {
      return dot<D>(weights, x);
    } else {
      Keys::run(weights + A, x, x, false, [&](auto lanes, auto packs, size_t unit, auto& sums) {
#pragma GCC unroll 16
        for (size_t pack = 0; pack < packs.value; ++pack)
          store<lanes.value>(state.keys + unit + pack * lanes.value, parts::tanh<lanes.value>(sums[0][pack]));
      });
      return dot<A>(weights, state.keys);
    }
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"dense", R"text(#ifndef TSATTN_EMBEDDED_PARTS_DENSE_HPP
#define TSATTN_EMBEDDED_PARTS_DENSE_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/format.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// y = W x + b.
template <size_t F, size_t U>
struct Dense {
  static_assert(F > 0 && U > 0, "Dense<F, U>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = U;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  using Columns = parts::Panels<U, 1, 1, F, 0>;
  /// Few units are as many dot products, b | row 0 of W | row 1 | ...; the others are summed by Panels.
  static constexpr bool kByRows = U < kFewestUnitsOfPanels;
  static constexpr size_t kWeightCount = U * (1 + F);
  using Weights = parts::WeightsOf<kWeightCount + (kByRows ? 0 : Columns::kPadding)>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float y[kByRows ? U : Columns::kPaddedUnits];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Dense", F, U);
  }

  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    const float* w = weights.values;
    if constexpr (kByRows) {
      for (size_t unit = 0; unit < U; ++unit) state.y[unit] = w[unit] + dot<F>(w + U + unit * F, x);
    } else {
      Columns::run(w, x, x, false, [&](auto lanes, auto packs, size_t unit, auto& sums) {
#pragma GCC unroll 16
        for (size_t pack = 0; pack < packs.value; ++pack)
          store<lanes.value>(state.y + unit + pack * lanes.value, sums[0][pack]);
      });
    }
    return state.y;
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"dot", R"text(#ifndef TSATTN_EMBEDDED_PARTS_DOT_HPP
#define TSATTN_EMBEDDED_PARTS_DOT_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// The sum of a_i b_i; reads nothing else.
template <size_t N>
TSATTN_EMBEDDED_INLINE float dot(const float* a, const float* b) {
  constexpr size_t kLanes = lanes_for(N, false), kPacks = N / kLanes, kSums = kLanes == 1 || kPacks < 4 ? 1 : 4;
  Floats<kLanes> sums[kSums] = {};
  size_t pack = 0;
  for (; pack + kSums <= kPacks; pack += kSums)
#pragma GCC unroll 16
    for (size_t s = 0; s < kSums; ++s) {
      const size_t at = (pack + s) * kLanes;
      sums[s] = fma<kLanes>(load<kLanes>(a + at), load<kLanes>(b + at), sums[s]);
    }
#pragma GCC unroll 16
  for (size_t s = 0; s < kPacks % kSums; ++s) {
    const size_t at = (pack + s) * kLanes;
    sums[s] = fma<kLanes>(load<kLanes>(a + at), load<kLanes>(b + at), sums[s]);
  }
#pragma GCC unroll 16
  for (size_t s = 1; s < kSums; ++s) sums[0] += sums[s];
  float total = sum<kLanes>(sums[0]);
  if constexpr (N % kLanes > 0) total += dot<N % kLanes>(a + kPacks * kLanes, b + kPacks * kLanes);
  return total;
}

/// Calls visit(pack length as a Constant, first) for numbers 0, ..., N - 1, as few packs as there can be.
template <size_t kValue>
struct Constant {
  static constexpr size_t value = kValue;
};
template <size_t N, class Visit>
TSATTN_EMBEDDED_INLINE void for_packs(const Visit& visit, size_t first = 0) {
  constexpr size_t kLanes = lanes_for(N, false);
  for (size_t i = 0; i + kLanes <= N; i += kLanes) visit(Constant<kLanes>(), first + i);
  if constexpr (N % kLanes > 0) for_packs<N % kLanes>(visit, first + N / kLanes * kLanes);
}

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"forecaster", R"text(#ifndef TSATTN_EMBEDDED_PARTS_FORECASTER_HPP
#define TSATTN_EMBEDDED_PARTS_FORECASTER_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/square_root.hpp>
#include <tsattn/embedded/parts/target.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// What is taken from every window before the model sees it and given back to the forecast: nothing, the last value, or
/// the mean and the root of the variance + 1e-5.
enum class InstanceNormalization { none, last_value, standard };

/// A number of the library, in double there, as the sum of two floats: x - high - low loses nothing of a large shift.
struct TwoFloats {
  float high, low;
};

/// What a forecaster does around its model: from the last rows of a series, in its units, to the steps that follow, in
/// its units. `Plan` says how; a window has kLookback steps, a step is every kSamplingStep rows.
///
///   kFeatures                    numbers of a row
///   kLookback, kSamplingStep, kGap, kHorizon, kTargets, kKnown (features known in advance)
///   kSkippedSteps                of the outputs, before those of the horizon
///   kIsRecursive                 the model gives one step, and goes on from its own forecasts
///   kIsIndependent               the model sees each target by itself
///   kNormalization
///   kInputs, kInputFeatures[]    the features whose past is read
///   kTargetOfInput[]             which target an input is, kTargets for none
///   kTargetFeatures[], kKnownFeatures[]
///   kShifts[], kScales[]         of the features: scaled = (value - shift) / scale
template <class Net, class Plan>
class Forecaster {
  static constexpr size_t kSamples = Plan::kIsIndependent ? Plan::kTargets : 1;
  static constexpr size_t kTargetsOfSample = Plan::kTargets / kSamples;
  static constexpr size_t kInputsOfSample = Plan::kIsIndependent ? 1 : Plan::kInputs;
  static constexpr size_t kStepsOfModel = Plan::kIsRecursive ? 1 : Plan::kHorizon;
  static_assert(Net::kInputs == kInputsOfSample + Plan::kKnown, "a model that reads the windows of the forecaster");
  static_assert(Net::kOutputs == (Plan::kSkippedSteps + kStepsOfModel) * kTargetsOfSample,
                "a model that gives the steps of the forecaster");

 public:
  static constexpr size_t kFeatures = Plan::kFeatures, kHorizon = Plan::kHorizon, kTargets = Plan::kTargets;
  /// The last rows of the series, which a forecast is made from.
  static constexpr size_t kRows = (Plan::kLookback - 1) * Plan::kSamplingStep + 1;
  /// The rows after them whose features known in advance are read.
  static constexpr size_t kRowsAhead = Plan::kKnown == 0 ? 0 : (Plan::kGap + kHorizon) * Plan::kSamplingStep;

  /// `weights` must live as long as the forecaster.
  explicit Forecaster(const typename Net::Weights& weights) noexcept : model_(weights) {}
  explicit Forecaster(const typename Net::Weights&&) = delete;

  /// rows [kRows, kFeatures], the oldest first -> y [kHorizon, kTargets], elsewhere. A NaN or an infinity among the
  /// inputs gives NaN. Every forecast starts from nothing: nothing is kept from one to the next.
  void forecast(const float* rows, float* y) noexcept {
    static_assert(Plan::kKnown == 0, "forecast(rows, ahead, y): features that are known in advance");
    run(rows, nullptr, y);
  }
  /// ahead [kRowsAhead, kFeatures]: the rows that follow, of which the features known in advance are read.
  void forecast(const float* rows, const float* ahead, float* y) noexcept {
    static_assert(Plan::kKnown > 0, "forecast(rows, y): there are no features that are known in advance");
    run(rows, ahead, y);
  }

 private:
  /// normalized = (value - shift) / scale
  struct Affine {
    float shift, scale;
  };

  void run(const float* rows, const float* ahead, float* y) noexcept {
    for (size_t later = 0; later < kHorizon; later += kStepsOfModel)
      for (size_t sample = 0; sample < kSamples; ++sample) run_window(rows, ahead, later, sample, y);
    for (size_t i = 0; i < kHorizon * kTargets; ++i) {
      const size_t feature = Plan::kTargetFeatures[i % kTargets];
      y[i] = y[i] * Plan::kScales[feature] + Plan::kShifts[feature].low + Plan::kShifts[feature].high;
    }
  }

  /// Fills the scaled forecasts y of the window that ends `later` steps after the last row, of one sample's targets.
  void run_window(const float* rows, const float* ahead, size_t later, size_t sample, float* y) noexcept {
    const auto feature_of = [&](size_t input) {
      return Plan::kIsIndependent ? Plan::kTargetFeatures[sample] : Plan::kInputFeatures[input];
    };
    const auto target_of = [&](size_t input) { return Plan::kIsIndependent ? sample : Plan::kTargetOfInput[input]; };
    // Step kLookback - 1 is that of the last row; behind it there are forecasts.
    const auto value = [&](size_t t, size_t input) {
      const size_t step = t + later;
      if (step >= Plan::kLookback) return y[(step - Plan::kLookback) * kTargets + target_of(input)];
      return scaled(rows + step * Plan::kSamplingStep * kFeatures, feature_of(input));
    };
    Affine affines[kTargetsOfSample];
    for (Affine& affine : affines) affine = {0.0F, 1.0F};
    for (size_t input = 0; input < kInputsOfSample; ++input)
      if (target_of(input) < kTargets)
        affines[target_of(input) % kTargetsOfSample] = normalization([&](size_t t) { return value(t, input); });

    model_.reset();
    float x[Net::kInputs], outputs[Net::kOutputs];
    for (size_t t = 0; t < Plan::kLookback; ++t) {
      for (size_t input = 0; input < kInputsOfSample; ++input) {
        x[input] = value(t, input);
        if (target_of(input) < kTargets) {
          const Affine& affine = affines[target_of(input) % kTargetsOfSample];
          x[input] = (x[input] - affine.shift) / affine.scale;
        }
      }
      for (size_t known = 0; known < Plan::kKnown; ++known) {
        const size_t row = (t + later + Plan::kGap + kStepsOfModel) * Plan::kSamplingStep;
        x[kInputsOfSample + known] = scaled(row < kRows ? rows + row * kFeatures : ahead + (row - kRows) * kFeatures,
                                            Plan::kKnownFeatures[known]);
      }
      model_.step(x, outputs);
    }
    for (size_t h = 0; h < kStepsOfModel; ++h)
      for (size_t i = 0; i < kTargetsOfSample; ++i)
        y[(later + h) * kTargets + sample * kTargetsOfSample + i] =
            outputs[(Plan::kSkippedSteps + h) * kTargetsOfSample + i] * affines[i].scale + affines[i].shift;
  }

  static float scaled(const float* row, size_t feature) noexcept {
    return (row[feature] - Plan::kShifts[feature].high - Plan::kShifts[feature].low) / Plan::kScales[feature];
  }

  template <class Value>
  static Affine normalization(const Value& value) noexcept {
    if constexpr (Plan::kNormalization == InstanceNormalization::none) {
      return {0.0F, 1.0F};
    } else if constexpr (Plan::kNormalization == InstanceNormalization::last_value) {
      return {value(Plan::kLookback - 1), 1.0F};
    } else {
      constexpr auto kCount = static_cast<float>(Plan::kLookback);
      float sum = 0, rest = 0, squares = 0;
      for (size_t t = 0; t < Plan::kLookback; ++t) sum += value(t);
      // The deviations from a mean in float add up to what its rounding has left.
      for (size_t t = 0; t < Plan::kLookback; ++t) rest += value(t) - sum / kCount;
      const float mean = sum / kCount + rest / kCount;
      for (size_t t = 0; t < Plan::kLookback; ++t) squares += (value(t) - mean) * (value(t) - mean);
      return {mean, parts::square_root(squares / kCount + 1e-5F)};
    }
  }

  Net model_;
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"format", R"text(#ifndef TSATTN_EMBEDDED_PARTS_FORMAT_HPP
#define TSATTN_EMBEDDED_PARTS_FORMAT_HPP

#include <stddef.h>

// Headers of format 1 had one text, with this guard.
#ifdef TSATTN_EMBEDDED_HPP
#error "a header that is included before this one was exported by an older version of tsattn: export it again"
#endif
#define TSATTN_EMBEDDED_HPP

namespace tsattn {
namespace embedded {

/// Of the order of the weights and the names of types. An exported header checks that it has the parts that it was made
/// for.
inline constexpr int kFormat = 2;

/// Units whose weights lie together, see Panels. On AVX-512 a panel of an LSTM has 8 sums of 16 units, as many as two
/// multipliers with a latency of 4 cycles need.
inline constexpr size_t kPanelUnits = 32;

/// A Dense layer of fewer units is computed unit by unit, each a dot product.
inline constexpr size_t kFewestUnitsOfPanels = 8;

}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"gru", R"text(#ifndef TSATTN_EMBEDDED_PARTS_GRU_HPP
#define TSATTN_EMBEDDED_PARTS_GRU_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/hidden_state.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// Where a GRU applies its reset gate: to W_hn h_{t-1} + b_hn, or to h_{t-1} before that product.
enum class GruReset { after_product, before_product };

/// r, z = sigmoid(W_x x_t + W_h h_{t-1} + b);  h_t = (1 - z) n + z h_{t-1}, with
///   after_product:  n = tanh(W_xn x_t + b_n + r (W_hn h_{t-1} + b_hn))
///   before_product: n = tanh(W_xn x_t + b_n + W_hn (r h_{t-1}))
template <size_t F, size_t H, GruReset kReset = GruReset::after_product>
struct Gru {
  static_assert(F > 0 && H > 0, "Gru<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Sums = parts::Panels<H, 4, 3, F, H>;  // starts of r | z | W_x x in n | W_h h in n, weights r | z | n
  static constexpr size_t kWeightCount = Sums::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Sums::kPadding>;
  struct State {
    parts::Hidden<Sums::kPaddedUnits, Sums::kIsOneBlock> h;
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Gru", F, H);
  }

  static void reset(State& state) noexcept { state.h.reset(); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float *h_old = state.h.old_values(), *h_new = state.h.new_values();
    Sums::run(weights.values, x, h_old, state.h.is_second_step(), [&](auto lanes, auto packs, size_t unit, auto& sums) {
      constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
      for (size_t pack = 0; pack < packs.value; ++pack) {
        const size_t at = unit + pack * kW;
        const Floats<kW> r = sigmoid<kW>(sums[0][pack]), z = sigmoid<kW>(sums[1][pack]);
        const Floats<kW> n = parts::tanh<kW>(fma<kW>(r, sums[3][pack], sums[2][pack]));
        store<kW>(h_new + at, fma<kW>(1.0F - z, n, z * load<kW>(h_old + at)));  // exact for z = 0 and 1
      }
    });
    return state.h.turn();
  }
};

template <size_t F, size_t H>
struct Gru<F, H, GruReset::before_product> {
  static_assert(F > 0 && H > 0, "Gru<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Gates = parts::Panels<H, 2, 2, F, H>;       // r | z of all units, then
  using Candidates = parts::Panels<H, 1, 1, F, H>;  // n
  static constexpr size_t kWeightCount = Gates::kCount + Candidates::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Gates::kPadding>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float h[Gates::kPaddedUnits];
    float reset_h[Gates::kPaddedUnits], z[Gates::kPaddedUnits];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Gru", F, H, "GruReset::before_product");
  }

  static void reset(State& state) noexcept { parts::fill(state.h, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    Gates::run(weights.values, x, state.h, false, [&](auto lanes, auto packs, size_t unit, auto& sums) {
      constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
      for (size_t pack = 0; pack < packs.value; ++pack) {
        const size_t at = unit + pack * kW;
        store<kW>(state.reset_h + at, sigmoid<kW>(sums[0][pack]) * load<kW>(state.h + at));
        store<kW>(state.z + at, sigmoid<kW>(sums[1][pack]));
      }
    });
    Candidates::run(
        weights.values + Gates::kCount, x, state.reset_h, true, [&](auto lanes, auto packs, size_t unit, auto& sums) {
          constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
          for (size_t pack = 0; pack < packs.value; ++pack) {
            const size_t at = unit + pack * kW;
            const Floats<kW> n = parts::tanh<kW>(sums[0][pack]), z = load<kW>(state.z + at);
            store<kW>(state.h + at, fma<kW>(1.0F - z, n, z * load<kW>(state.h + at)));  // exact for z = 0 and 1
          }
        });
    return state.h;
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"hidden_state", R"text(#ifndef TSATTN_EMBEDDED_PARTS_HIDDEN_STATE_HPP
#define TSATTN_EMBEDDED_PARTS_HIDDEN_STATE_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/target.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// h of a recurrent layer. Where the units are computed one block after the other, all of them need the old h to the
/// end, and the new one goes to a second place; the two take turns.
template <size_t kPaddedUnits, bool kInPlace>
struct Hidden {
  static constexpr size_t kPlaces = kInPlace ? 1 : 2;
  alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float values[kPlaces][kPaddedUnits];
  unsigned now;

  TSATTN_EMBEDDED_INLINE void reset() {
    for (auto& place : values) fill(place, 0.0F);
    now = 0;
  }
  TSATTN_EMBEDDED_INLINE float* old_values() { return values[kInPlace ? 0 : now]; }
  TSATTN_EMBEDDED_INLINE float* new_values() { return values[kInPlace ? 0 : 1 - now]; }
  TSATTN_EMBEDDED_INLINE bool is_second_step() const { return !kInPlace && now != 0; }
  /// After a step; returns h.
  TSATTN_EMBEDDED_INLINE const float* turn() {
    if constexpr (!kInPlace) now = 1 - now;
    return old_values();
  }
};

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"layer", R"text(#ifndef TSATTN_EMBEDDED_PARTS_LAYER_HPP
#define TSATTN_EMBEDDED_PARTS_LAYER_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/target.hpp>

// A layer is a type with its sizes as template arguments, Lstm<F, H>. Letters as in docs/notation.md: F features, H
// hidden units, U units, D features of what is pooled, A attention units. Each has
//
//   kInputs, kOutputs, kWeightCount     sizes; kWeightCount of the numbers in Weights are the model's
//   kReadsSeries, kEndsSeries           whether it wants every step of a series, and whether it gives one step for all
//   Weights, State                      structs; Weights has an array `values`, or is empty
//   type_name(text)                     returns text("Lstm", F, H): the type as it is written, for loaders to compare
//   reset(state)                        zeroes the state
//   step(weights, state, x)             returns where its outputs are: in the state, until the next step

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

template <size_t N>
TSATTN_EMBEDDED_INLINE void fill(float (&values)[N], float value) {
  for (size_t i = 0; i < N; ++i) values[i] = value;
}

template <size_t kCount>
struct WeightsOf {
  alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float values[static_cast<size_t>(kCount)];
};
struct NoWeights {};

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"layer_norm", R"text(#ifndef TSATTN_EMBEDDED_PARTS_LAYER_NORM_HPP
#define TSATTN_EMBEDDED_PARTS_LAYER_NORM_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/square_root.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// y = g * (x - mean of x) / sqrt(variance of x + e) + b, over the F features of a step.
template <size_t F>
struct LayerNorm {
  static_assert(F > 0, "LayerNorm<F>: at least 1 feature");
  static constexpr size_t kInputs = F, kOutputs = F;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  /// g | b | e
  static constexpr size_t kWeightCount = 2 * F + 1;
  using Weights = parts::WeightsOf<kWeightCount>;
  struct State {
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float y[F];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("LayerNorm", F);
  }

  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    const float* gain = weights.values;
    const float* bias = gain + F;
    const float epsilon = bias[F];
    constexpr float kCount = static_cast<float>(F);
    float total = 0;
    for (size_t i = 0; i < F; ++i) total += x[i];
    const float mean = total / kCount;
    for_packs<F>([&](auto lanes, size_t i) {
      store<lanes.value>(state.y + i, load<lanes.value>(x + i) - set<lanes.value>(mean));
    });
    const float scale = 1.0F / square_root(dot<F>(state.y, state.y) / kCount + epsilon);
    for_packs<F>([&](auto lanes, size_t i) {
      constexpr size_t kLanes = lanes.value;
      const Floats<kLanes> normalised = set<kLanes>(scale) * load<kLanes>(state.y + i);
      store<kLanes>(state.y + i, fma<kLanes>(load<kLanes>(gain + i), normalised, load<kLanes>(bias + i)));
    });
    return state.y;
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"lstm", R"text(#ifndef TSATTN_EMBEDDED_PARTS_LSTM_HPP
#define TSATTN_EMBEDDED_PARTS_LSTM_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/hidden_state.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// i, f, o = sigmoid(a), g = tanh(a) with a = W_x x_t + W_h h_{t-1} + b;  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t).
template <size_t F, size_t H>
struct Lstm {
  static_assert(F > 0 && H > 0, "Lstm<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Sums = parts::Panels<H, 4, 4, F, H>;  // i | f | g | o
  static constexpr size_t kWeightCount = Sums::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Sums::kPadding>;
  struct State {
    parts::Hidden<Sums::kPaddedUnits, Sums::kIsOneBlock> h;
    alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float c[Sums::kPaddedUnits];
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Lstm", F, H);
  }

  static void reset(State& state) noexcept {
    state.h.reset();
    parts::fill(state.c, 0.0F);
  }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float* h_new = state.h.new_values();
    Sums::run(weights.values, x, state.h.old_values(), state.h.is_second_step(),
              [&](auto lanes, auto packs, size_t unit, auto& sums) {
                constexpr size_t kW = lanes.value;
#pragma GCC unroll 16
                for (size_t pack = 0; pack < packs.value; ++pack) {
                  float* c_at = state.c + unit + pack * kW;
                  const Floats<kW> f = sigmoid<kW>(sums[1][pack]), i = sigmoid<kW>(sums[0][pack]);
                  const Floats<kW> g_i = parts::tanh<kW>(sums[2][pack]) * i, o = sigmoid<kW>(sums[3][pack]);
                  const Floats<kW> c = fma<kW>(f, load<kW>(c_at), g_i);
                  store<kW>(c_at, c);
                  store<kW>(h_new + unit + pack * kW, scaled_tanh<kW, 1>(c, o));
                }
              });
    return state.h.turn();
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"math", R"text(#ifndef TSATTN_EMBEDDED_PARTS_MATH_HPP
#define TSATTN_EMBEDDED_PARTS_MATH_HPP

#include <stddef.h>
#include <stdint.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// tanh x = x P(x^2) / Q(x^2) for |x| <= 9, from where on it is 1. P and Q, of degree 4, are the minimax fit of the
/// relative error on [0, 8.92] (least squares with Lawson's weights, in 64-bit digits), 2e-8 before their numbers are
/// rounded; in float the error is below 3e-7 with fused multiplications, below 3.5e-7 without, 6e-8 in the mean. Of the
/// neighbours of the rounded numbers these are the ones that give 1 at 9, so that a gate that is open lets everything
/// pass. One division after four dependent instructions: e^x would take twice as many.
struct TanhFit {
  static constexpr float kLargest = 9.0F;
  static constexpr float kP[] = {1.0F, 0.133862376F, 0.00350178569F, 2.0711479e-05F, 1.34976839e-08F};
  static constexpr float kQ[] = {1.0F, 0.467195541F, 0.0259005409F, 0.000329578615F, 7.83483188e-07F};
};

constexpr float power(float base, int exponent) { return exponent == 0 ? 1.0F : base * power(base, exponent - 1); }

/// factor tanh(x / kDivisor). The numbers of a divisor that is a power of two are those of tanh, scaled without
/// rounding. NaN for NaN: the comparisons are false then.
template <size_t W, size_t kDivisor>
TSATTN_EMBEDDED_INLINE Floats<W> scaled_tanh(Floats<W> x, Floats<W> factor) {
  constexpr float kScale = 1.0F / static_cast<float>(kDivisor);
  constexpr float kP0 = TanhFit::kP[0] * kScale, kP1 = TanhFit::kP[1] * power(kScale, 3),
                  kP2 = TanhFit::kP[2] * power(kScale, 5), kP3 = TanhFit::kP[3] * power(kScale, 7),
                  kP4 = TanhFit::kP[4] * power(kScale, 9);
  constexpr float kQ0 = TanhFit::kQ[0], kQ1 = TanhFit::kQ[1] * power(kScale, 2),
                  kQ2 = TanhFit::kQ[2] * power(kScale, 4), kQ3 = TanhFit::kQ[3] * power(kScale, 6),
                  kQ4 = TanhFit::kQ[4] * power(kScale, 8);
  const Floats<W> high = set<W>(TanhFit::kLargest * static_cast<float>(kDivisor));
  x = high < x ? high : x;
  x = -high > x ? -high : x;
  const Floats<W> t = x * x, y = x * factor;
  const Floats<W> t2 = t * t;
  const Floats<W> p01 = fma<W>(set<W>(kP1), t, set<W>(kP0)), q01 = fma<W>(set<W>(kQ1), t, set<W>(kQ0));
  const Floats<W> p23 = fma<W>(set<W>(kP3), t, set<W>(kP2)), q23 = fma<W>(set<W>(kQ3), t, set<W>(kQ2));
  const Floats<W> p234 = fma<W>(t2, set<W>(kP4), p23), q234 = fma<W>(t2, set<W>(kQ4), q23);
  return fma<W>(y * t2, p234, y * p01) / fma<W>(t2, q234, q01);
}
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> tanh(Floats<W> x) {
  return scaled_tanh<W, 1>(x, set<W>(1.0F));
}
/// 1/2 + tanh(x / 2) / 2
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> sigmoid(Floats<W> x) {
  return fma<W>(scaled_tanh<W, 2>(x, set<W>(1.0F)), set<W>(0.5F), set<W>(0.5F));
}

template <size_t W>
TSATTN_EMBEDDED_INLINE Integers<W> to_integers(Floats<W> x) {
  if constexpr (W == 1) {
    return static_cast<int32_t>(x);
  } else {
    return __builtin_convertvector(x, Integers<W>);
  }
}
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> to_floats(Integers<W> x) {
  if constexpr (W == 1) {
    return static_cast<float>(x);
  } else {
    return __builtin_convertvector(x, Floats<W>);
  }
}

/// e^x for x <= 0; e^-87 below -87, and for what is no number. With y = -x: e^x = 2^-n e^r, n = y / log 2 rounded, and
/// |r| <= log(2) / 2; e^r = 1 + r + r^2 q(r) with q of kernels/simd/math.inl. Error: 2 units in the last place.
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> exp_of_negative(Floats<W> x) {
  // The magnitude is bounded as an integer, whose order is the same: nothing but small numbers is ever converted.
  const Integers<W> largest = same_bits<Integers<W>>(set<W>(87.0F));
  Integers<W> bits = same_bits<Integers<W>>(x) & 0x7FFFFFFF;
  bits = largest < bits ? largest : bits;
  const Floats<W> y = same_bits<Floats<W>>(bits);
  const Integers<W> n = to_integers<W>(fma<W>(y, set<W>(1.44269504F), set<W>(0.5F)));
  const Floats<W> whole = to_floats<W>(n);
  const Floats<W> r = fma<W>(whole, set<W>(-2.12194440e-4F), fma<W>(whole, set<W>(0.693359375F), -y));
  Floats<W> q = set<W>(0.0013926183587713495F);
  q = fma<W>(q, r, set<W>(0.0083631790527225774F));
  q = fma<W>(q, r, set<W>(0.041666554617204574F));
  q = fma<W>(q, r, set<W>(0.16666576989698776F));
  q = fma<W>(q, r, set<W>(0.5F));
  return (fma<W>(q, r * r, r) + 1.0F) * same_bits<Floats<W>>((127 - n) << 23);
}

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"model", R"text(#ifndef TSATTN_EMBEDDED_PARTS_MODEL_HPP
#define TSATTN_EMBEDDED_PARTS_MODEL_HPP

#include <stddef.h>
#include <stdint.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// One value for each layer, the first layer's first; written {lstm, {pooling, {dense}}}.
template <class First, class... Rest>
struct Chain {
  First first;
  Chain<Rest...> rest;
};
template <class Last>
struct Chain<Last> {
  Last first;
};

namespace parts {

/// What step and reset do to the layers from one on.
template <class... Layers>
struct Run;
template <class Last>
struct Run<Last> {
  static constexpr size_t kInputs = Last::kInputs, kOutputs = Last::kOutputs, kWeightCount = Last::kWeightCount;
  static constexpr bool kReadsSeries = Last::kReadsSeries, kFits = true, kHasSeries = true;
  static TSATTN_EMBEDDED_INLINE void reset(Chain<typename Last::State>& states) { Last::reset(states.first); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Chain<typename Last::Weights>& weights,
                                                  Chain<typename Last::State>& states, const float* x) {
    return Last::step(weights.first, states.first, x);
  }
};
template <class First, class Second, class... Rest>
struct Run<First, Second, Rest...> {
  using Next = Run<Second, Rest...>;
  static constexpr size_t kInputs = First::kInputs, kOutputs = Next::kOutputs;
  static constexpr size_t kWeightCount = First::kWeightCount + Next::kWeightCount;
  static constexpr bool kReadsSeries = First::kReadsSeries || Next::kReadsSeries;
  static constexpr bool kFits = First::kOutputs == Second::kInputs && Next::kFits;
  static constexpr bool kHasSeries = !(First::kEndsSeries && Next::kReadsSeries) && Next::kHasSeries;
  template <class States>
  static TSATTN_EMBEDDED_INLINE void reset(States& states) {
    First::reset(states.first);
    Next::reset(states.rest);
  }
  template <class Weights, class States>
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, States& states, const float* x) {
    return Next::step(weights.rest, states.rest, First::step(weights.first, states.first, x));
  }
};

/// Whether none of the numbers is infinite or NaN, by the bits of their exponents: with -ffast-math a compiler takes
/// x == x for true.
template <size_t N>
TSATTN_EMBEDDED_INLINE bool are_finite(const float* x) {
  constexpr uint32_t kExponent = 0x7F800000U;
  uint32_t found = 0;
  for (size_t i = 0; i < N; ++i) found |= static_cast<uint32_t>((same_bits<uint32_t>(x[i]) & kExponent) == kExponent);
  return found == 0;
}

}  // namespace parts

/// A model, one step at a time. It holds the state of one series, in itself (sizeof tells how much), and refers to its
/// weights, which are not changed: they may lie in read-only memory, and many models may share them. Copies go on from
/// the same state.
template <class... Layers>
class Model {
  using Run = parts::Run<Layers...>;
  static_assert(sizeof...(Layers) > 0, "a model of at least one layer");
  static_assert(Run::kFits, "every layer has as many inputs as the layer before it has outputs");
  static_assert(Run::kHasSeries, "behind AttentionPooling there is one step: no recurrent layer or pooling");

 public:
  static constexpr size_t kInputs = Run::kInputs;
  static constexpr size_t kOutputs = Run::kOutputs;
  static constexpr size_t kWeightCount = Run::kWeightCount;  ///< numbers, without what fills up the last vector

  using Weights = Chain<typename Layers::Weights...>;

  /// `weights` must live as long as the model.
  explicit Model(const Weights& weights) noexcept : weights_(&weights) { reset(); }
  explicit Model(const Weights&&) = delete;

  /// Before the first step of another series.
  void reset() noexcept {
    Run::reset(states_);
    is_broken_ = false;
  }

  /// One time step: x [kInputs] -> y [kOutputs], which may overlap. After a NaN or infinity in x, y is NaN until reset.
  void step(const float* x, float* y) noexcept {
    if (!parts::are_finite<kInputs>(x)) is_broken_ = true;
    if (is_broken_) {
      for (size_t i = 0; i < kOutputs; ++i) y[i] = parts::same_bits<float>(uint32_t{0x7FC00000U});
      return;
    }
    const float* outputs = Run::step(*weights_, states_, x);
    for (size_t i = 0; i < kOutputs; ++i) y[i] = outputs[i];
  }

 private:
  const Weights* weights_;
  Chain<typename Layers::State...> states_;
  bool is_broken_;
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"packs", R"text(#ifndef TSATTN_EMBEDDED_PARTS_PACKS_HPP
#define TSATTN_EMBEDDED_PARTS_PACKS_HPP

#include <stddef.h>
#include <stdint.h>

#include <tsattn/embedded/parts/target.hpp>

// Packs: W floats in one register.

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

template <size_t W>
struct PackOf {
#if defined(__GNUC__)
  typedef float Floats __attribute__((vector_size(W * sizeof(float))));
  typedef int32_t Integers __attribute__((vector_size(W * sizeof(int32_t))));
#endif
};
template <>
struct PackOf<1> {
  typedef float Floats;
  typedef int32_t Integers;
};
template <size_t W>
using Floats = typename PackOf<W>::Floats;
template <size_t W>
using Integers = typename PackOf<W>::Integers;

template <class To, class From>
TSATTN_EMBEDDED_INLINE To same_bits(const From& from) {
  static_assert(sizeof(To) == sizeof(From), "two types of one size");
  To to;
#if defined(__GNUC__)
  __builtin_memcpy(&to, &from, sizeof(to));
#else
  for (size_t i = 0; i < sizeof(to); ++i)
    reinterpret_cast<unsigned char*>(&to)[i] = reinterpret_cast<const unsigned char*>(&from)[i];
#endif
  return to;
}

template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> load(const float* from) {
  if constexpr (W == 1) {
    return *from;
  } else {
    Floats<W> pack;
    __builtin_memcpy(&pack, from, sizeof(pack));
    return pack;
  }
}
template <size_t W>
TSATTN_EMBEDDED_INLINE void store(float* to, Floats<W> pack) {
  if constexpr (W == 1) {
    *to = pack;
  } else {
    __builtin_memcpy(to, &pack, sizeof(pack));
  }
}
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> set(float value) {
  return value - Floats<W>{};  // the difference keeps the sign of -0
}

/// a b + c, rounded once where the processor can
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> fma(Floats<W> a, Floats<W> b, Floats<W> c) {
#if defined(__clang__)
#pragma STDC FP_CONTRACT ON
#endif
  return a * b + c;
}

/// The sum of all lanes.
template <size_t W>
TSATTN_EMBEDDED_INLINE float sum(Floats<W> pack) {
  if constexpr (W == 1) {
    return pack;
  } else {
    struct Halves {
      Floats<W / 2> low, high;
    };
    const Halves halves = same_bits<Halves>(pack);
    return sum<W / 2>(halves.low + halves.high);
  }
}

/// The most lanes that are of use for `count` numbers: where `may_overlap`, the last pack may reach beyond them.
constexpr size_t lanes_for(size_t count, bool may_overlap) {
  size_t lanes = 1;
  while (lanes < TSATTN_EMBEDDED_LANES && (may_overlap ? lanes < count : 2 * lanes <= count)) lanes *= 2;
  return lanes;
}
constexpr size_t packs_for(size_t count, size_t lanes) { return (count + lanes - 1) / lanes; }

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"panels", R"text(#ifndef TSATTN_EMBEDDED_PARTS_PANELS_HPP
#define TSATTN_EMBEDDED_PARTS_PANELS_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/format.hpp>
#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// How the weights of units lie that have a row in each of kGates gates, and how their sums are computed. One panel of
/// up to kPanelUnits units after the other; with N units in the panel, N numbers each:
///
///   start of gate 0 | of gate 1 | ... | column 0 of W_x: gate 0 | gate 1 | ... | column 1 | ... | column 0 of W_h |
///   ...
///
/// So the order does not depend on the width of the vectors, and every width reads along a panel. Where N is no
/// multiple of it, the last pack of a row reads the beginning of the next; what is computed from that is dropped, and
/// behind the last panel there is room. There may be one start more than gates: then the last gate has two sums, of W_x
/// and of W_h, as n of the GRU.
template <size_t kUnits, size_t kStarts, size_t kGates, size_t F, size_t H>
struct Panels {
  static constexpr size_t kFull = kUnits / kPanelUnits, kRest = kUnits % kPanelUnits;
  static constexpr size_t kPerUnit = kStarts + kGates * (F + H);
  static constexpr size_t kCount = kUnits * kPerUnit;

  static constexpr size_t kLanes = lanes_for(kFull > 0 ? kPanelUnits : kRest, true);
  static constexpr size_t kLanesOfRest = lanes_for(kRest, true);
  static constexpr size_t kPadding = kRest % kLanesOfRest > 0 ? kLanesOfRest - 1 : 0;  // weights behind the last
  static constexpr size_t kPaddedUnits = kFull * kPanelUnits + packs_for(kRest, kLanesOfRest) * kLanesOfRest;

  // The registers for sums: half of those of AVX-512, half of the 16 of others.
  static constexpr size_t kSums = TSATTN_EMBEDDED_LANES == 16 ? 16 : 8;
  static constexpr size_t kMostPacks = 8 / kStarts;  // of units at once
  static constexpr bool kIsOneBlock = kFull == 0
                                          ? packs_for(kRest, kLanesOfRest) <= kMostPacks
                                          : kFull == 1 && kRest == 0 && packs_for(kPanelUnits, kLanes) <= kMostPacks;

  static constexpr bool kMayTurn = kPanelUnits * kPerUnit * sizeof(float) < 60 * 1024;

  /// Calls finish(W as a Constant, number of packs as a Constant, first unit, sums[kStarts][packs]) for all units, with
  ///   sums[gate] = start[gate] + W_x[gate] x + W_h[gate] h.
  /// Weights that the L1 cannot hold are best read to and fro, `backwards` in every second step: part of what was read
  /// last is still there, unless a panel is much larger than the L1. (AMD Zen 5, L1 of 48 KiB: LSTM H = 64, panels of
  /// 33 KiB, 0.77 of the time; GRU H = 128, 50 KiB, 0.93; LSTM H = 128, 65 KiB, 1.02.)
  template <class Finish>
  static TSATTN_EMBEDDED_INLINE void run(const float* weights, const float* x, const float* h, bool backwards,
                                         const Finish& finish) {
    for (size_t i = 0; i < kFull; ++i) {
      const size_t panel = kMayTurn && backwards ? kFull - 1 - i : i;
      run_panel<kPanelUnits>(weights + panel * kPanelUnits * kPerUnit, x, h, panel * kPanelUnits, finish);
    }
    if constexpr (kRest > 0)
      run_panel<kRest>(weights + kFull * kPanelUnits * kPerUnit, x, h, kFull * kPanelUnits, finish);
  }

 private:
  template <size_t N, class Finish>
  static TSATTN_EMBEDDED_INLINE void run_panel(const float* panel, const float* x, const float* h, size_t unit,
                                               const Finish& finish) {
    constexpr size_t kW = lanes_for(N, true), kPacks = packs_for(N, kW),
                     kAtOnce = kPacks < kMostPacks ? kPacks : kMostPacks;
    for (size_t pack = 0; pack + kAtOnce <= kPacks; pack += kAtOnce)
      run_block<N, kW, kAtOnce>(panel, x, h, unit, pack * kW, finish);
    if constexpr (kPacks % kAtOnce > 0)
      run_block<N, kW, kPacks % kAtOnce>(panel, x, h, unit, kPacks / kAtOnce * kAtOnce * kW, finish);
  }

  /// Chains of additions are as long as there are columns, so where registers are left, a few take them by turns.
  template <size_t N, size_t kW, size_t kPacks, class Finish>
  static TSATTN_EMBEDDED_INLINE void run_block(const float* panel, const float* x, const float* h, size_t unit,
                                               size_t offset, const Finish& finish) {
    constexpr size_t kFree = kSums / (kStarts * kPacks), kTurns = kW == 1 || kFree < 2 ? 1 : kFree < 4 ? 2 : 4;
    Floats<kW> sums[kTurns][kStarts][kPacks] = {};
#pragma GCC unroll 16
    for (size_t gate = 0; gate < kStarts; ++gate)
#pragma GCC unroll 16
      for (size_t pack = 0; pack < kPacks; ++pack)
        sums[0][gate][pack] = load<kW>(panel + gate * N + offset + pack * kW);
    const float* w_x = panel + kStarts * N + offset;
    add_columns<N, kW, F, kGates - 1>(w_x, x, sums);
    add_columns<N, kW, H, kStarts - 1>(w_x + kGates * N * F, h, sums);
#pragma GCC unroll 16
    for (size_t apart = kTurns / 2; apart > 0; apart /= 2)
#pragma GCC unroll 16
      for (size_t turn = 0; turn < apart; ++turn)
#pragma GCC unroll 16
        for (size_t gate = 0; gate < kStarts; ++gate)
#pragma GCC unroll 16
          for (size_t pack = 0; pack < kPacks; ++pack) sums[turn][gate][pack] += sums[turn + apart][gate][pack];
    finish(Constant<kW>(), Constant<kPacks>(), unit + offset, sums[0]);
  }

  template <size_t N, size_t kW, size_t kColumns, size_t kLastSum, size_t kTurns, size_t kPacks>
  static TSATTN_EMBEDDED_INLINE void add_columns(const float* weights, const float* inputs,
                                                 Floats<kW> (&sums)[kTurns][kStarts][kPacks]) {
    size_t k = 0;
    for (; k + kTurns <= kColumns; k += kTurns)
#pragma GCC unroll 16
      for (size_t turn = 0; turn < kTurns; ++turn)
        add_column<N, kW, kLastSum>(weights + (k + turn) * kGates * N, inputs[k + turn], sums[turn]);
#pragma GCC unroll 16
    for (size_t turn = 0; turn < kColumns % kTurns; ++turn)
      add_column<N, kW, kLastSum>(weights + (k + turn) * kGates * N, inputs[k + turn], sums[turn]);
  }

  template <size_t N, size_t kW, size_t kLastSum, size_t kPacks>
  static TSATTN_EMBEDDED_INLINE void add_column(const float* weights, float input,
                                                Floats<kW> (&sums)[kStarts][kPacks]) {
    const Floats<kW> scalar = set<kW>(input);
#pragma GCC unroll 16
    for (size_t gate = 0; gate < kGates; ++gate)
#pragma GCC unroll 16
      for (size_t pack = 0; pack < kPacks; ++pack) {
        Floats<kW>& sum_of = sums[gate == kGates - 1 ? kLastSum : gate][pack];
        sum_of = fma<kW>(load<kW>(weights + gate * N + pack * kW), scalar, sum_of);
      }
  }
};

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"rnn", R"text(#ifndef TSATTN_EMBEDDED_PARTS_RNN_HPP
#define TSATTN_EMBEDDED_PARTS_RNN_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/hidden_state.hpp>
#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/math.hpp>
#include <tsattn/embedded/parts/panels.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {

/// h_t = tanh(W_x x_t + W_h h_{t-1} + b).
template <size_t F, size_t H>
struct Rnn {
  static_assert(F > 0 && H > 0, "Rnn<F, H>: sizes of at least 1");
  static constexpr size_t kInputs = F, kOutputs = H;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Sums = parts::Panels<H, 1, 1, F, H>;
  static constexpr size_t kWeightCount = Sums::kCount;
  using Weights = parts::WeightsOf<kWeightCount + Sums::kPadding>;
  struct State {
    parts::Hidden<Sums::kPaddedUnits, Sums::kIsOneBlock> h;
  };

  template <class Text>
  static constexpr auto type_name(const Text& text) {
    return text("Rnn", F, H);
  }

  static void reset(State& state) noexcept { state.h.reset(); }
  static TSATTN_EMBEDDED_INLINE const float* step(const Weights& weights, State& state, const float* x) noexcept {
    using namespace parts;
    float* h_new = state.h.new_values();
    Sums::run(weights.values, x, state.h.old_values(), state.h.is_second_step(),
              [&](auto lanes, auto packs, size_t unit, auto& sums) {
#pragma GCC unroll 16
                for (size_t pack = 0; pack < packs.value; ++pack)
                  store<lanes.value>(h_new + unit + pack * lanes.value, parts::tanh<lanes.value>(sums[0][pack]));
              });
    return state.h.turn();
  }
};

}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"square_root", R"text(#ifndef TSATTN_EMBEDDED_PARTS_SQUARE_ROOT_HPP
#define TSATTN_EMBEDDED_PARTS_SQUARE_ROOT_HPP

#include <stdint.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// What square_root knows of a type. Half the bits of x, as an integer, plus kStart are the bits of a number that is
/// within 3.5 % of its root: halving them halves the exponent, and takes the line for the curve between powers of 2.
template <class Real>
struct RootOf;
template <>
struct RootOf<float> {
  using Bits = uint32_t;
  static constexpr Bits kStart = 0x1FBD1DF5U, kInfinity = 0x7F800000U, kSmallestNormal = 0x00800000U;
  static constexpr float kUp = 16777216.0F * 16777216.0F, kDown = 1.0F / 16777216.0F;  // 2^48, 2^-24
  static constexpr int kSteps = 3;  // relative errors: 3.5e-2, 6e-4, 2e-7, 2e-14
};
template <>
struct RootOf<double> {
  using Bits = uint64_t;
  static constexpr Bits kStart = 0x1FF7A3BEA91D9B1BU, kInfinity = 0x7FF0000000000000U,
                        kSmallestNormal = 0x0010000000000000U;
  static constexpr double kUp = 4503599627370496.0 * 4503599627370496.0, kDown = 1.0 / 4503599627370496.0;  // 2^104
  static constexpr int kSteps = 4;
};

/// The square root of a float or double, to 1 unit in the last place, without a mathematical library: steps of Heron,
/// y = (y + x / y) / 2, each of which squares the error. Of negative numbers NaN, of 0, infinity and NaN themselves.
template <class Real>
TSATTN_EMBEDDED_INLINE Real square_root(Real x) {
  using Root = RootOf<Real>;
  using Bits = typename Root::Bits;
  const Bits bits = same_bits<Bits>(x);
  // Compared as integers, for with -ffast-math nothing is infinite or NaN.
  if (bits << 1 == 0 || bits == Root::kInfinity) return x;
  if (bits > Root::kInfinity) return same_bits<Real>(static_cast<Bits>(~Bits{0}));
  const bool is_denormal = bits < Root::kSmallestNormal;  // the exponent of such is not in its bits
  if (is_denormal) x *= Root::kUp;
  Real y = same_bits<Real>(static_cast<Bits>((same_bits<Bits>(x) >> 1) + Root::kStart));
  for (int step = 0; step < Root::kSteps; ++step) y = (y + x / y) * static_cast<Real>(0.5);
  return is_denormal ? y * Root::kDown : y;
}

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
)text"},
{"target", R"text(#ifndef TSATTN_EMBEDDED_PARTS_TARGET_HPP
#define TSATTN_EMBEDDED_PARTS_TARGET_HPP

// The widest vectors of the target, in floats. It is part of the name of every type and function (an inline namespace),
// so that files compiled for different processors can be linked into one program.
#if defined(__GNUC__) && defined(__AVX512F__)
#define TSATTN_EMBEDDED_LANES 16
#define TSATTN_EMBEDDED_TARGET lanes16
#elif defined(__GNUC__) && defined(__AVX__) && defined(__FMA__)
#define TSATTN_EMBEDDED_LANES 8
#define TSATTN_EMBEDDED_TARGET lanes8_fma
#elif defined(__GNUC__) && defined(__AVX__)
#define TSATTN_EMBEDDED_LANES 8
#define TSATTN_EMBEDDED_TARGET lanes8
#elif defined(__GNUC__) && (defined(__SSE2__) || defined(__aarch64__) || defined(__VSX__) || defined(__wasm_simd128__))
#define TSATTN_EMBEDDED_LANES 4
#define TSATTN_EMBEDDED_TARGET lanes4
#else
#define TSATTN_EMBEDDED_LANES 1
#define TSATTN_EMBEDDED_TARGET lanes1
#endif

// Without inlining and unrolling the sums of a layer would be arrays in memory.
#if defined(__GNUC__)
#define TSATTN_EMBEDDED_INLINE inline __attribute__((always_inline))
#else
#define TSATTN_EMBEDDED_INLINE inline
#endif

#endif
)text"},
};

}  // namespace part_texts_parts

TSATTN_LIBRARY_FUNCTION std::string_view part_text(std::string_view name) {
  for (const auto& [part, text] : part_texts_parts::kTexts)
    if (part == name) return text;
  return {};
}

}  // namespace tsattn::embedded
