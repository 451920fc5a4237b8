#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/recurrent.hpp>

namespace {

using namespace tsattn;

/// Every name of an option, in the order of its values: model files hold them, so they may not change.
template <class Enum>
void check_names(std::string_view option, const std::vector<std::string>& names) {
  INFO(option);
  CHECK(EnumNames<Enum>::kOption == option);
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto value = static_cast<Enum>(i);
    CHECK(name_of(value) == names[i]);
    CHECK(from_name<Enum>(names[i]) == value);
    list.append(i == 0 ? "" : ", ").append(names[i]);
  }
  std::string prefix(1, '[');
  prefix.append(option).append("] ");
  const std::string unknown = prefix + "expected one of " + list + ", got \"none of these\"";
  CHECK_THROWS_WITH_AS(from_name<Enum>("none of these"), unknown.c_str(), ConfigError);
  const std::string nameless = prefix + "the value " + std::to_string(names.size()) + " has no name";
  CHECK_THROWS_WITH_AS(name_of(static_cast<Enum>(names.size())), nameless.c_str(), ConfigError);
}

TEST_CASE("the options of layers go by their names") {
  check_names<ActivationFunction>("activation", {"identity", "tanh", "sigmoid", "relu"});
  check_names<Returns>("returns", {"all_steps", "last_step"});
  check_names<GruReset>("reset", {"after_product", "before_product"});
  check_names<Score>("score", {"dot", "scaled_dot", "general", "additive"});
  check_names<AttentionMask>("mask", {"none", "causal"});
  check_names<PoolingScore>("score", {"linear", "tanh"});
  check_names<Initialization>("initialization", {"keras", "pytorch", "zeros"});
  check_names<RecurrentBias>("bias", {"one", "none", "two"});
}

}  // namespace
