#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/errors.hpp>

namespace tsattn {

/// The names of an option's values, written once per enumeration, as a specialisation with
///   static constexpr std::string_view kOption;                        what the option is called in messages
///   static constexpr std::pair<std::string_view, Enum> kNames[];     every value and its name
template <class Enum>
struct EnumNames;

/// Returns the value with that name. Throws ConfigError, listing the names, if there is none.
template <class Enum>
Enum from_name(std::string_view name) {
  std::string known;
  for (const auto& [value_name, value] : EnumNames<Enum>::kNames) {
    if (value_name == name) return value;
    known.append(known.empty() ? "" : ", ").append(value_name);
  }
  fail<ConfigError>(EnumNames<Enum>::kOption, "expected one of ", known, ", got \"", name, '"');
}

/// Returns the name of that value.
template <class Enum>
std::string_view name_of(Enum value) {
  for (const auto& [name, named] : EnumNames<Enum>::kNames)
    if (named == value) return name;
  fail<ConfigError>(EnumNames<Enum>::kOption, "the value ", static_cast<int>(value), " has no name");
}

}  // namespace tsattn
