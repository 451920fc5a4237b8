#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/enum_names.hpp>

enum class Colour { red, green, blue };

template <>
struct tsattn::EnumNames<Colour> {
  static constexpr std::string_view kOption = "colour";
  static constexpr std::pair<std::string_view, Colour> kNames[] = {{"red", Colour::red}, {"green", Colour::green}};
};

namespace {

using namespace tsattn;

TEST_CASE("names and values of an option stand for each other") {
  CHECK(from_name<Colour>("green") == Colour::green);
  CHECK(name_of(Colour::red) == "red");
}

TEST_CASE("an unknown name is refused with the list of the known ones") {
  CHECK_THROWS_WITH_AS(from_name<Colour>("grey"), "[colour] expected one of red, green, got \"grey\"", ConfigError);
  CHECK_THROWS_WITH_AS(from_name<Colour>(""), "[colour] expected one of red, green, got \"\"", ConfigError);
  CHECK_THROWS_WITH_AS(from_name<Colour>("Red"), "[colour] expected one of red, green, got \"Red\"", ConfigError);
}

TEST_CASE("a value without a name is refused") {
  CHECK_THROWS_WITH_AS(name_of(Colour::blue), "[colour] the value 2 has no name", ConfigError);
}

}  // namespace
