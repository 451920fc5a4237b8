#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/window_options.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/persistence/options_json.hpp>

namespace {

using namespace tsattn;

/// The name of every option, by which a struct that forgets one in its visit is found.
template <class Options>
std::size_t count_of(const Options& options) {
  std::size_t count = 0;
  Options::visit(options, [&](std::string_view, const auto&) { ++count; });
  return count;
}

TEST_CASE("every window option comes back from JSON") {
  // Structured bindings take exactly the members there are: a new one does not compile before it is here.
  const WindowOptions options{.lookback = 30,
                              .horizon = 2,
                              .stride = 3,
                              .targets = {1, 0},
                              .inputs = {0},
                              .known_future = {2, 3},
                              .sampling_step = 6,
                              .gap = 5,
                              .include_input = true};
  const auto& [lookback, horizon, stride, targets, inputs, known_future, sampling_step, gap, include_input] = options;
  CHECK(count_of(options) == 9);
  const auto back = options_from_json<WindowOptions>("here", options_to_json(options));
  CHECK(back.lookback == lookback);
  CHECK(back.horizon == horizon);
  CHECK(back.stride == stride);
  CHECK(back.targets == targets);
  CHECK(back.inputs == inputs);
  CHECK(back.known_future == known_future);
  CHECK(back.sampling_step == sampling_step);
  CHECK(back.gap == gap);
  CHECK(back.include_input == include_input);
}

TEST_CASE("every forecast option comes back from JSON, by its name") {
  const ForecastOptions options{.scaling = Scaling::min_max,
                                .normalization = InstanceNormalization::last_value,
                                .channels = Channels::independent,
                                .strategy = Strategy::recursive};
  const auto& [scaling, normalization, channels, strategy] = options;
  CHECK(count_of(options) == 4);
  const nlohmann::json json = options_to_json(options);
  CHECK(json.dump() ==
        R"({"channels":"independent","normalization":"last_value","scaling":"min_max","strategy":"recursive"})");
  const auto back = options_from_json<ForecastOptions>("here", json);
  CHECK(back.scaling == scaling);
  CHECK(back.normalization == normalization);
  CHECK(back.channels == channels);
  CHECK(back.strategy == strategy);
}

TEST_CASE("what is missing or holds something else is an error, unless it came later than the file") {
  const auto windows = [](const char* text) {
    return options_from_json<WindowOptions>("here", nlohmann::json::parse(text),
                                            {"inputs", "known_future", "sampling_step", "gap", "include_input"});
  };
  CHECK(windows(R"({"horizon":1,"lookback":5,"stride":1,"targets":[]})").sampling_step == 1);
  const auto check = [&](const char* text, const std::string& error) {
    CHECK_THROWS_WITH_AS(windows(text), ("[here] expected " + error).c_str(), IoError);
  };
  check("[]", R"("lookback" as this library writes it, got [])");
  check(R"({"lookback":1.5})", R"("lookback" as this library writes it, got {"lookback":1.5})");
  check(R"({"lookback":1,"horizon":1,"stride":1})",
        R"("targets" as this library writes it, got {"horizon":1,"lookback":1,"stride":1})");
  check(R"({"lookback":1,"horizon":1,"stride":1,"targets":[1,"a"]})",
        R"("targets" as this library writes it, got {"horizon":1,"lookback":1,"stride":1,"targets":[1,"a"]})");
  check(R"({"lookback":1,"horizon":1,"stride":1,"targets":[],"include_input":1})",
        R"("include_input" as this library writes it, got )"
        R"({"horizon":1,"include_input":1,"lookback":1,"stride":1,"targets":[]})");

  const auto forecast = [](const char* text) {
    return options_from_json<ForecastOptions>("here", nlohmann::json::parse(text));
  };
  CHECK_THROWS_WITH_AS(forecast(R"({"scaling":1})"),
                       R"([here] expected the name of an option as "scaling", got {"scaling":1})", IoError);
  CHECK_THROWS_WITH_AS(forecast(R"({"scaling":"huge"})"),
                       R"([here] expected one of none, standard, min_max, robust, got "huge")", IoError);
}

}  // namespace
