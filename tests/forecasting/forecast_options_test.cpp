#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/forecasting/forecast_options.hpp>

namespace {

using namespace tsattn;

TEST_CASE("options are listed by their names, and set by them") {
  ForecastOptions options{.scaling = Scaling::robust, .strategy = Strategy::recursive};
  CHECK(options_of(options) == std::vector<Option>{{"scaling", std::string("robust")},
                                                   {"normalization", std::string("none")},
                                                   {"channels", std::string("together")},
                                                   {"strategy", std::string("recursive")}});
  set_option("here", options, {"channels", std::string("independent")});
  CHECK(options.channels == Channels::independent);
  CHECK_THROWS_WITH_AS(set_option("here", options, {"strategy", std::string("both")}),
                       "[here] as the option strategy: expected one of direct, recursive, got \"both\"", ConfigError);
}

TEST_CASE("every value comes back from its name") {
  for (const auto& [name, value] : EnumNames<Channels>::kNames) CHECK(from_name<Channels>(name) == value);
  for (const auto& [name, value] : EnumNames<Strategy>::kNames) CHECK(from_name<Strategy>(name) == value);
  CHECK(name_of(Channels::independent) == "independent");
  CHECK(name_of(Strategy::direct) == "direct");
}

}  // namespace
