#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/sequence.hpp>
#include <tsattn/data/split.hpp>
#include <tsattn/data/synthetic.hpp>
#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/persistence/layer_registry.hpp>
#include <tsattn/persistence/model_file.hpp>

#include "support/difference.hpp"
#include "support/gain_layer.hpp"
#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using test::same_bits, test::TemporaryFolder;

Forecaster<float> fitted_forecaster(const Sequence<float>& wave) {
  Sequential<float> model(1, 1);
  model.add(Segments{.width = 4}).add(Gru{5}).add(AttentionPooling{}).add(Dense{2});
  Forecaster<float> forecaster(model, {.lookback = 8, .horizon = 2, .stride = 3, .sampling_step = 2, .gap = 1},
                               {.scaling = Scaling::robust,
                                .normalization = InstanceNormalization::standard,
                                .channels = Channels::independent});
  forecaster.fit(wave, {.epochs = 1});
  return forecaster;
}

TEST_CASE("a forecaster comes back and forecasts the same bits") {
  const TemporaryFolder folder;
  const Sequence<float> wave = sine_wave<float>({.length = 300, .period = 20, .seed = 2});
  const Forecaster<float> forecaster = fitted_forecaster(wave);
  save_forecaster(folder / "f", forecaster, {{"columns", "[\"a\"]"}});
  const LoadedForecaster<float> loaded = load_forecaster<float>(folder / "f");
  CHECK(same_bits(loaded.forecaster.forecast(wave), forecaster.forecast(wave)));
  CHECK(loaded.metadata == Metadata{{"columns", "[\"a\"]"}});
  CHECK(loaded.forecaster.windows().stride == 3);
  CHECK(loaded.forecaster.options().scaling == Scaling::robust);
  CHECK(loaded.forecaster.options().normalization == InstanceNormalization::standard);
  CHECK(loaded.forecaster.options().channels == Channels::independent);
  CHECK(loaded.forecaster.options().strategy == Strategy::direct);
  // In the other scalar too.
  const Sequence<double> found = load_forecaster<double>(folder / "f").forecaster.forecast(wave);
  CHECK(found(1, 0, 0) == doctest::Approx(forecaster.forecast(wave)(1, 0, 0)).epsilon(1e-5));
}

/// A loss of a user's own: sum (y - z)^4 / batch.
struct FourthPower {
  static constexpr std::string_view kName = "fourth_power";

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
    return static_cast<double>((y.flat() - target.flat()).array().pow(4).sum()) / static_cast<double>(batch);
  }
  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
    dy.resize(y.shape());
    dy.flat() = ((y.flat() - target.flat()).array().cube() * (4 / static_cast<S>(batch))).matrix();
  }
};

TEST_CASE("a forecaster learns by a loss of a user's own") {
  const Sequence<float> wave = sine_wave<float>({.length = 300, .period = 20, .seed = 2});
  const auto fitted = [&](AnyLoss loss) {
    Sequential<float> model(1, 1);
    model.add(Gru{.units = 5, .returns = Returns::last_step}).add(Dense{1});
    Forecaster<float> forecaster(model, {.lookback = 8});
    const History history = forecaster.fit(wave, series_parts(wave.time()), {.epochs = 3}, Adam{}, std::move(loss));
    CHECK(history.epochs.back().loss < history.epochs.front().loss);
    return forecaster.forecast(wave);
  };
  CHECK(!same_bits(fitted(FourthPower{}), fitted(MeanSquaredError{})));
}

TEST_CASE("a forecaster with a layer of a user's own comes back by a registry that has it") {
  const TemporaryFolder folder;
  const Sequence<float> wave = sine_wave<float>({.length = 300, .period = 20, .seed = 2});
  Sequential<float> model(1, 1);
  model.add(test::Gain{.shift = 0.5}).add(Gru{5}).add(AttentionPooling{}).add(Dense{2});
  Forecaster<float> forecaster(model, {.lookback = 8, .horizon = 2});
  forecaster.fit(wave, series_parts(wave.time()), {.epochs = 1}, Adam{}, FourthPower{});
  save_forecaster(folder / "f", forecaster);

  auto registry = LayerRegistry<float>::standard();
  registry.add<test::Gain>();
  const LoadedForecaster<float> loaded = load_forecaster<float>(folder / "f", registry);
  CHECK(same_bits(loaded.forecaster.forecast(wave), forecaster.forecast(wave)));

  const std::string text = test::io_error([&] { load_forecaster<float>(folder / "f"); });
  CHECK(text.find("layer 1 \"gain\"] expected one of the kinds activation, ") != std::string::npos);
  CHECK(text.ends_with(", got \"gain\"; a layer of your own joins by LayerRegistry::add"));
}

TEST_CASE("options are in the file as they always were, byte for byte") {
  const TemporaryFolder folder;
  save_forecaster(folder / "f", fitted_forecaster(sine_wave<float>({.length = 300, .period = 20, .seed = 2})));
  const SafetensorsFile file(folder / "f");
  // As version 0.1 wrote them.
  CHECK(file.metadata().at("tsattn.windows") ==
        R"({"gap":1,"horizon":2,"include_input":false,"inputs":[],"known_future":[],)"
        R"("lookback":8,"sampling_step":2,"stride":3,"targets":[]})");
  CHECK(file.metadata().at("forecaster") ==
        R"({"channels":"independent","normalization":"standard","scaling":"robust","strategy":"direct"})");
}

TEST_CASE("what is no forecaster is an error") {
  const TemporaryFolder folder;
  const Sequence<float> wave = sine_wave<float>({.length = 300, .period = 20, .seed = 2});
  const Forecaster<float> forecaster = fitted_forecaster(wave);
  CHECK_THROWS_WITH_AS(save_forecaster(folder / "f", forecaster, {{"forecaster", ""}}),
                       "[save_forecaster] expected metadata without \"forecaster\", which is written by itself",
                       ConfigError);
  const Forecaster<float> unfitted(forecaster.model(), forecaster.windows());
  CHECK_THROWS_WITH_AS(save_forecaster(folder / "f", unfitted),
                       "[Forecaster] expected a forecaster that was fitted; call fit first", ConfigError);
  CHECK(folder.files() == 0);

  const std::string path = (folder / "m").string();
  save_model(path, forecaster.model());
  CHECK_THROWS_WITH_AS(load_forecaster<float>(path),
                       ("[" + path +
                        "] expected a forecaster, with a scaler, windows and options, got a model alone; write it with "
                        "save_forecaster")
                           .c_str(),
                       IoError);
  const auto load_with = [&](const char* options) {
    save_model(path, forecaster.model(),
               {.scaler = forecaster.scaler(), .windows = forecaster.windows(), .metadata = {{"forecaster", options}}});
    load_forecaster<float>(path);
  };
  CHECK_THROWS_WITH_AS(load_with("{\"scaling\":\"robust\"}"),
                       ("[" + path +
                        ", forecaster] expected the name of an option as \"normalization\", got "
                        "{\"scaling\":\"robust\"}")
                           .c_str(),
                       IoError);
  CHECK_THROWS_WITH_AS(
      load_with("{\"scaling\":\"huge\"}"),
      ("[" + path + ", forecaster] expected one of none, standard, min_max, robust, got \"huge\"").c_str(), IoError);
}

}  // namespace
