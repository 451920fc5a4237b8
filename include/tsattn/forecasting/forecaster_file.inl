#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/formats/strict_json.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/persistence/options_json.hpp>

namespace tsattn {

namespace forecaster_file_parts {

/// Numbers of the size of scaled values, to be forecast from whenever the file is loaded.
template <class S>
Sequence<S> probe_of(const Forecaster<S>& forecaster) {
  const Graph<S>& model = forecaster.model();
  Sequence<S> probe({forecaster.windows().lookback, 1, model.node(model.inputs()[0]).shape.features});
  for (Index i = 0; i < probe.size(); ++i) probe.data()[i] = static_cast<S>(std::sin(0.7 * static_cast<double>(i)));
  return probe;
}

}  // namespace forecaster_file_parts

template <class S>
void save_forecaster(const std::filesystem::path& path, const Forecaster<S>& forecaster, const Metadata& metadata) {
  using namespace forecaster_file_parts;
  ModelExtras extras{.scaler = forecaster.scaler(), .windows = forecaster.windows(), .metadata = metadata};
  if (!extras.metadata.emplace(kForecasterKey, options_to_json(forecaster.options()).dump()).second)
    fail<ConfigError>("save_forecaster", "expected metadata without \"", kForecasterKey,
                      "\", which is written by itself");
  const Sequence<S> probe = probe_of(forecaster);
  save_model(path, forecaster.model(), extras, {&probe});
}

template <class S>
LoadedForecaster<S> load_forecaster(const std::filesystem::path& path, const LayerRegistry<S>& registry) {
  using namespace forecaster_file_parts;
  LoadedModel<S> loaded = load_model<S>(path, registry);
  ModelExtras& extras = loaded.extras;
  const auto options = extras.metadata.find(kForecasterKey);
  if (!extras.scaler || !extras.windows || options == extras.metadata.end())
    fail<IoError>(path.string(),
                  "expected a forecaster, with a scaler, windows and options, got a model alone; write "
                  "it with save_forecaster");
  const std::string where = path.string() + ", " + kForecasterKey;
  const auto chosen = options_from_json<ForecastOptions>(where, parse_strict_json(where, options->second));
  extras.metadata.erase(options);
  return {Forecaster<S>(std::move(loaded.model), *extras.windows, chosen, *extras.scaler), std::move(extras.metadata)};
}

TSATTN_JSON_FUNCTION_INSTANCE(save_forecaster);
TSATTN_JSON_FUNCTION_INSTANCE(load_forecaster);

}  // namespace tsattn
