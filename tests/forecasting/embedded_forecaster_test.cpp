#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/forecasting/embedded_forecaster.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/temporary_folder.hpp"

// What the headers forecast is tested in tests/embedded/exported_forecasters_test.sh, which compiles them.

namespace {

using namespace tsattn;

/// Of three features.
Scaler scaler() { return Scaler::from({0, 1e6 + 0.01, -2.5}, {1, 2, 0.5}); }

Forecaster<float> forecaster(Index inputs, Index outputs, const WindowOptions& windows,
                             const ForecastOptions& options = {}) {
  Sequential<float> model(inputs);
  model.add(Gru{4}).add(AttentionPooling{}).add(Dense{outputs});
  return {std::move(model), windows, options, scaler()};
}

std::string header_of(const Forecaster<float>& forecaster, const EmbeddedHeaderOptions& options = {}) {
  std::ostringstream out;
  write_embedded_header(forecaster, out, options);
  return out.str();
}

bool contains(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

template <class Exception>
std::string refusal(const Forecaster<float>& forecaster, const EmbeddedHeaderOptions& options = {}) {
  try {
    header_of(forecaster, options);
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST_CASE("all that stands between a series and its forecast is in the header") {
  const WindowOptions windows{
      .lookback = 7, .horizon = 2, .targets = {1, 0}, .inputs = {0, 1}, .sampling_step = 4, .gap = 3};
  const std::string header =
      header_of(forecaster(2, 4, windows, {.normalization = InstanceNormalization::last_value}), {.name = "load"});
  for (const std::string_view line :
       {"size_t kFeatures = 3;", "size_t kLookback = 7;", "size_t kSamplingStep = 4;", "size_t kGap = 3;",
        "size_t kHorizon = 2;", "size_t kTargets = 2;", "size_t kKnown = 0;", "size_t kSkippedSteps = 0;",
        "bool kIsRecursive = false;", "bool kIsIndependent = false;", "size_t kInputs = 2;",
        "size_t kInputFeatures[] = {0, 1};", "size_t kTargetOfInput[] = {1, 0};", "size_t kTargetFeatures[] = {1, 0};",
        "size_t kKnownFeatures[] = {0};",
        "tsattn::embedded::InstanceNormalization kNormalization = tsattn::embedded::InstanceNormalization::last_value;",
        "float kScales[] = {1.0F, 2.0F, 0.5F};"}) {
    CAPTURE(line);
    CHECK(contains(header, "\n  static constexpr " + std::string(line) + "\n"));
  }
  CHECK(contains(header, "kShifts[] = {{0.0F, 0.0F}, {1e+06F, 0.01F}, {-2.5F, 0.0F}};"));  // 1e6 + 0.01
  CHECK(contains(header, "Model<Gru<2, 4>, AttentionPooling<4, 7>, Dense<4, 4>>;"));       // the whole window
  CHECK(contains(header, "class Forecaster : public tsattn::embedded::Forecaster<layers::Net, layers::Plan>"));
  CHECK(
      header.starts_with("// Made by tsattn's write_embedded_header; do not edit. Format 2.\n//\n"
                         "// A forecast of 2 steps of the features 1, 0 is made from the last 25 rows of 3 numbers"));
  CHECK(contains(header, "//   forecaster.forecast(rows[0], y[0]);\n"));
}

TEST_CASE("strategy, channels, features known in advance, outputs at input steps") {
  const std::string recursive = header_of(
      forecaster(3, 2, {.lookback = 2, .horizon = 5, .known_future = {2}}, {.strategy = Strategy::recursive}));
  CHECK(contains(recursive, "kIsRecursive = true;"));
  CHECK(contains(recursive, "kHorizon = 5;"));
  CHECK(contains(recursive, "kKnown = 1;"));
  CHECK(contains(recursive, "kKnownFeatures[] = {2};"));
  CHECK(contains(recursive, "//   forecaster.forecast(rows[0], ahead[0], y[0]);\n"));
  CHECK(contains(header_of(forecaster(1, 2, {.lookback = 2, .horizon = 2}, {.channels = Channels::independent})),
                 "kIsIndependent = true;"));
  const std::string with_input =
      header_of(forecaster(2, 6, {.lookback = 5, .targets = {2}, .inputs = {0, 1}, .include_input = true}));
  CHECK(contains(with_input, "kSkippedSteps = 5;"));
  CHECK(contains(with_input, "kTargetOfInput[] = {1, 1};"));  // none, of one target
}

TEST_CASE("a forecaster in a file; what cannot be exported is refused by name") {
  const test::TemporaryFolder folder;
  const Forecaster<float> good = forecaster(3, 3, {.lookback = 4});
  write_embedded_header(good, folder / "m.hpp");
  CHECK(test::read(folder / "m.hpp") == header_of(good));

  CHECK(refusal<ConfigError>(Forecaster<float>(good.model(), {.lookback = 4})) ==
        "[Forecaster] expected a forecaster that was fitted; call fit first");
  Sequential<float> both(3);
  both.add(Bidirectional<Lstm>{.layer = {3}, .name = "both"}).add(Dense{3});
  CHECK(contains(refusal<ConfigError>({both, {.lookback = 4}, {}, scaler()}),
                 "got the layer both (bidirectional_lstm), which has no member embed"));
  CHECK(refusal<ConfigError>(good, {.attention_steps = 3}) ==
        "[write_embedded_header] expected attention_steps of 0 or the lookback 4, for a forecaster's attention looks "
        "back on its window, got 3");
  CHECK(refusal<ShapeError>(forecaster(3, 2, {.lookback = 4})) ==
        "[write_embedded_header] expected a model from [time=4, features=3] to [time=1, features=3], got one from "
        "[time=any, features=3] to [time=1, features=2]");
  CHECK(contains(refusal<ShapeError>(forecaster(2, 3, {.lookback = 4})), "got one from [time=any, features=2]"));
  Sequential<float> every_step(3);
  every_step.add(Gru{3});
  CHECK(contains(refusal<ShapeError>({every_step, {.lookback = 4}, {}, scaler()}), "to [time=any, features=3]"));
  CHECK(refusal<DataError>({good.model(), {.lookback = 4}, {}, Scaler::from({0, 0, 1}, {1, 1e-60, 1})}) ==
        "[write_embedded_header] expected a shift and a scale that a float can hold, got 0 and 1e-60 of feature 1; "
        "give the series other units");
  CHECK(contains(refusal<ConfigError>(forecaster(3, 1, {.lookback = 4, .horizon = 2, .targets = {1}},
                                                 {.strategy = Strategy::recursive})),
                 "expected every input to be a target or known in advance"));
}

}  // namespace
