#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/formats/strict_json.hpp>

/// Options that list themselves (core/options.hpp) as a JSON object, name by name.
namespace tsattn {

/// Writes each option under its name, an enumeration as the name of its value.
template <ListsOptions Options>
nlohmann::json options_to_json(const Options& options) {
  nlohmann::json json = nlohmann::json::object();
  Options::visit(options, [&]<class Field>(std::string_view name, const Field& field) {
    if constexpr (std::is_enum_v<Field>) {
      json[std::string(name)] = name_of(field);
    } else {
      json[std::string(name)] = field;
    }
  });
  return json;
}

namespace options_json_parts {

template <class Field>
bool holds(const nlohmann::json& value) {
  if constexpr (std::is_same_v<Field, bool>) {
    return value.is_boolean();
  } else if constexpr (std::is_same_v<Field, Index>) {
    return is_integer(value);
  } else {
    static_assert(std::is_same_v<Field, std::vector<Index>>);
    return value.is_array() && std::all_of(value.begin(), value.end(), holds<Index>);
  }
}

}  // namespace options_json_parts

/// Reads the options that `json` holds. Those `later`, which files of before they existed lack, then have their
/// defaults. Throws IoError, beginning with `where`, for another one that is missing or one that holds something else.
template <ListsOptions Options>
Options options_from_json(std::string_view where, const nlohmann::json& json,
                          std::initializer_list<std::string_view> later = {}) {
  Options options;
  Options::visit(options, [&]<class Field>(std::string_view name, Field& field) {
    const std::string key(name);
    const bool is_there = json.is_object() && json.contains(key);
    if (!is_there && std::find(later.begin(), later.end(), name) != later.end()) return;
    if constexpr (std::is_enum_v<Field>) {
      if (!is_there || !json[key].is_string())
        fail<IoError>(where, "expected the name of an option as \"", name, "\", got ", excerpt(json));
      try {
        field = from_name<Field>(json[key].template get<std::string>());
      } catch (const ConfigError& error) {
        fail<IoError>(where, without_place(error));
      }
    } else {
      if (!is_there || !options_json_parts::holds<Field>(json[key]))
        fail<IoError>(where, "expected \"", name, "\" as this library writes it, got ", excerpt(json));
      field = json[key].template get<Field>();
    }
  });
  return options;
}

}  // namespace tsattn
