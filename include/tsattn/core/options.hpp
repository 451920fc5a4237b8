#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>

/// Options by their names, as files hold them. A struct of options lists them once, in a static function that serves
/// writing, reading and messages:
///   template <class Self, class Visitor> static void visit(Self& self, Visitor&& visitor) {
///     visitor("units", self.units), visitor("returns", self.returns);
///   }
/// where each option is a bool, an Index, a double or an enumeration with EnumNames. A layer's description lists what
/// decides the layer's shape and function: all but its name and its initial weights. Other options, such as those of
/// windows, may hold lists of Index too, and are read and written as JSON (persistence/options_json.hpp).
namespace tsattn {

/// The value of an option; of an enumeration it is the name.
using OptionValue = std::variant<bool, Index, double, std::string>;

struct Option {
  std::string name;
  OptionValue value;

  friend bool operator==(const Option&, const Option&) = default;
};

/// A struct that lists its options, so that a file can hold it: a layer's description, how windows are cut.
template <class Description>
concept ListsOptions = requires(Description& description) {
  Description::visit(description, [](std::string_view, auto&) {});
};

/// Lists all options of `description`, in its order.
template <ListsOptions Description>
std::vector<Option> options_of(const Description& description) {
  std::vector<Option> options;
  Description::visit(description, [&]<class Field>(std::string_view name, const Field& field) {
    if constexpr (std::is_enum_v<Field>) {
      options.push_back({std::string(name), std::string(name_of(field))});
    } else {
      options.push_back({std::string(name), field});
    }
  });
  return options;
}

/// Gives the option `name` of `description` a value. Throws ConfigError, saying what was expected, if there is no such
/// option or it cannot have that value; nothing is changed then.
template <ListsOptions Description>
void set_option(std::string_view where, Description& description, const Option& option) {
  bool is_known = false;
  std::string names;
  Description::visit(description, [&]<class Field>(std::string_view name, Field& field) {
    names.append(names.empty() ? "" : ", ").append(name);
    if (name != option.name) return;
    is_known = true;
    const auto require = [&](bool is_fitting, std::string_view expected) {
      if (!is_fitting) fail<ConfigError>(where, "expected ", expected, " as the option ", name);
    };
    if constexpr (requires { EnumNames<Field>::from_bool(true); }) {
      if (const bool* flag = std::get_if<bool>(&option.value)) {
        field = EnumNames<Field>::from_bool(*flag);
        return;
      }
    }
    if constexpr (std::is_enum_v<Field>) {
      const auto* text = std::get_if<std::string>(&option.value);
      require(text != nullptr, "the name of a value");
      try {
        field = from_name<Field>(*text);
      } catch (const ConfigError& error) {
        fail<ConfigError>(where, "as the option ", name, ": ", without_place(error));
      }
    } else if constexpr (std::same_as<Field, double>) {
      const auto* number = std::get_if<double>(&option.value);
      const auto* integer = std::get_if<Index>(&option.value);
      require(number != nullptr || integer != nullptr, "a number");
      field = number != nullptr ? *number : static_cast<double>(*integer);
    } else {
      const auto* value = std::get_if<Field>(&option.value);
      require(value != nullptr, std::same_as<Field, bool> ? "true or false" : "an integer");
      field = *value;
    }
  });
  if (!is_known)
    fail<ConfigError>(where, "expected ", names.empty() ? "no option" : "one of the options " + names, ", got \"",
                      option.name, '"');
}

}  // namespace tsattn
