#ifndef TSATTN_EMBEDDED_PARTS_FORECASTER_HPP
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
