#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/embedded/chain.hpp>
#include <tsattn/forecasting/embedded_forecaster.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/formats/atomic_file.hpp>

namespace tsattn {

namespace embedded_forecaster_parts {

inline constexpr std::string_view kWhere = "write_embedded_header";

/// The elements of an array of C++, which has at least one.
template <class Values, class Text>
std::string elements(const Values& values, const Text& text) {
  std::string all;
  for (const auto& value : values) all.append(all.empty() ? "" : ", ").append(text(value));
  return "{" + (all.empty() ? "0" : all) + "}";
}

TSATTN_LIBRARY_FUNCTION std::string constant(std::string_view type, std::string_view name, const std::string& value) {
  return "  static constexpr " + std::string(type) + ' ' + std::string(name) + " = " + value + ";\n";
}
TSATTN_LIBRARY_FUNCTION std::string size(std::string_view name, Index value) {
  return constant("size_t", name, std::to_string(value));
}
TSATTN_LIBRARY_FUNCTION std::string indices(std::string_view name, const std::vector<Index>& values) {
  return constant("size_t", std::string(name) + "[]", elements(values, [](Index i) { return std::to_string(i); }));
}

/// The features of a scaler, each checked: what is far from 1 in double may be 0 or infinite in float.
TSATTN_LIBRARY_FUNCTION std::string shifts_and_scales(const Scaler& scaler) {
  std::vector<Index> features;
  for (Index f = 0; f < scaler.features(); ++f) {
    const auto scale = static_cast<float>(scaler.scale(f));
    if (!std::isnormal(scale) || !std::isfinite(static_cast<float>(scaler.shift(f))))
      fail<DataError>(kWhere, "expected a shift and a scale that a float can hold, got ", scaler.shift(f), " and ",
                      scaler.scale(f), " of feature ", f, "; give the series other units");
    features.push_back(f);
  }
  const auto shift = [&](Index f) {
    const auto high = static_cast<float>(scaler.shift(f));
    const auto low = static_cast<float>(scaler.shift(f) - static_cast<double>(high));
    return "{" + embedded::float_literal(high) + ", " + embedded::float_literal(low) + "}";
  };
  const auto scale = [&](Index f) { return embedded::float_literal(static_cast<float>(scaler.scale(f))); };
  return constant("tsattn::embedded::TwoFloats", "kShifts[]", elements(features, shift)) +
         constant("float", "kScales[]", elements(features, scale));
}

TSATTN_LIBRARY_FUNCTION std::string code_of(const ForecastLayout& layout, Index horizon, const Scaler& scaler) {
  const WindowOptions& windows = layout.windows().options();
  const ForecastOptions& options = layout.options();
  std::vector<Index> targets_of_inputs;
  for (const Index input : windows.inputs)
    targets_of_inputs.push_back(std::find(windows.targets.begin(), windows.targets.end(), input) -
                                windows.targets.begin());
  const auto flag = [](std::string_view name, bool value) { return constant("bool", name, value ? "true" : "false"); };
  const std::string forecaster = "tsattn::embedded::Forecaster<layers::Net, layers::Plan>";
  return "namespace layers {\n// clang-format off\nstruct Plan {\n" + size("kFeatures", scaler.features()) +
         size("kLookback", windows.lookback) + size("kSamplingStep", windows.sampling_step) +
         size("kGap", windows.gap) + size("kHorizon", horizon) + size("kTargets", layout.targets()) +
         size("kKnown", static_cast<Index>(windows.known_future.size())) +
         size("kSkippedSteps", layout.windows().target_steps_in_input()) +
         flag("kIsRecursive", options.strategy == Strategy::recursive) +
         flag("kIsIndependent", layout.is_independent()) +
         constant("tsattn::embedded::InstanceNormalization", "kNormalization",
                  "tsattn::embedded::InstanceNormalization::" + std::string(name_of(options.normalization))) +
         size("kInputs", static_cast<Index>(windows.inputs.size())) + indices("kInputFeatures", windows.inputs) +
         indices("kTargetOfInput", targets_of_inputs) + indices("kTargetFeatures", windows.targets) +
         indices("kKnownFeatures", windows.known_future) + shifts_and_scales(scaler) +
         "};\n// clang-format on\n}  // namespace layers\n\n" +  //
         "class Forecaster : public " + forecaster + " {\n public:\n  Forecaster() noexcept : " + forecaster +
         "(kWeights) {}\n};\n\n";
}

TSATTN_LIBRARY_FUNCTION std::string usage_of(const ForecastLayout& layout, Index horizon, const Scaler& scaler,
                                             const std::string& name) {
  const WindowOptions& windows = layout.windows().options();
  const ForecastOptions& options = layout.options();
  const std::string type = name + "::Forecaster";
  const bool has_known = !windows.known_future.empty();
  const auto list = [](const std::vector<Index>& features) {
    std::string text;
    for (const Index f : features) text.append(text.empty() ? "" : ", ").append(std::to_string(f));
    return text;
  };
  return "// A forecast of " + std::to_string(horizon) + " steps of the features " + list(windows.targets) +
         " is made from the last " + std::to_string(layout.windows().past_rows()) + " rows of " +
         std::to_string(scaler.features()) + " numbers, all in the\n// units of the series. Lookback " +
         std::to_string(windows.lookback) + ", sampling step " + std::to_string(windows.sampling_step) + ", gap " +
         std::to_string(windows.gap) + ", scaling " + std::string(name_of(options.scaling)) + ", normalization " +
         std::string(name_of(options.normalization)) + ",\n// channels " + std::string(name_of(options.channels)) +
         ", strategy " + std::string(name_of(options.strategy)) +
         (has_known ? ", known in advance " + list(windows.known_future) : std::string()) + ".\n//\n" +  //
         "//   static " + type + " forecaster;\n" +                                                      //
         "//   static float rows[" + type + "::kRows][" + type + "::kFeatures];  // the oldest first\n" +
         (has_known ? "//   static float ahead[" + type + "::kRowsAhead][" + type + "::kFeatures];  // that follow\n"
                    : std::string()) +
         "//   static float y[" + type + "::kHorizon][" + type + "::kTargets];\n" +  //
         "//   forecaster.forecast(rows[0], " + (has_known ? "ahead[0], " : "") + "y[0]);\n//\n" + "// " + name +
         "::Model is its model alone, which takes and gives scaled values.\n";
}

}  // namespace embedded_forecaster_parts

template <class S>
void write_embedded_header(const Forecaster<S>& forecaster, std::ostream& out, const EmbeddedHeaderOptions& options) {
  using namespace embedded_forecaster_parts;
  const Scaler& scaler = forecaster.scaler();
  const WindowOptions& windows = forecaster.windows();
  if (options.attention_steps != 0 && options.attention_steps != windows.lookback)
    fail<ConfigError>(kWhere, "expected attention_steps of 0 or the lookback ", windows.lookback,
                      ", for a forecaster's attention looks back on its window, got ", options.attention_steps);
  const ForecastLayout layout(WindowLayout(windows_of_model(windows, forecaster.options()), scaler.features()),
                              forecaster.options());
  if (windows.horizon > layout.windows().options().horizon) layout.require_targets_for_inputs();
  const Graph<S>& model = forecaster.model();
  const embedded::ModelChain chain = embedded::chain_of(model, windows.lookback);
  const SampleShape &input = layout.input_shape(), &target = layout.target_shape();
  const SampleShape& output = model.node(model.output()).shape;
  if (chain.inputs != input.features || output.features != target.features ||
      (output.time != 1 && !(output.time == kAnyTime && windows.lookback == 1)))
    fail<ShapeError>(kWhere, "expected a model from ", input, " to ", target, ", got one from ",
                     model.node(model.inputs()[0]).shape, " to ", output);
  embedded::write_header(chain,
                         {.usage = usage_of(layout, windows.horizon, scaler, options.name),
                          .parts = {"forecaster"},
                          .code = code_of(layout, windows.horizon, scaler)},
                         out, options);
}

template <class S>
void write_embedded_header(const Forecaster<S>& forecaster, const std::filesystem::path& path,
                           const EmbeddedHeaderOptions& options) {
  write_file_atomically(path, [&](std::ostream& out) { write_embedded_header(forecaster, out, options); });
}

#if defined(TSATTN_COMPILED_LIBRARY)
template void write_embedded_header(const Forecaster<float>&, std::ostream&, const EmbeddedHeaderOptions&);
template void write_embedded_header(const Forecaster<double>&, std::ostream&, const EmbeddedHeaderOptions&);
template void write_embedded_header(const Forecaster<float>&, const std::filesystem::path&,
                                    const EmbeddedHeaderOptions&);
template void write_embedded_header(const Forecaster<double>&, const std::filesystem::path&,
                                    const EmbeddedHeaderOptions&);
#endif

}  // namespace tsattn
