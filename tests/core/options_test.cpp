// The options of descriptions by their names, as model files hold them.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/options.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>

#include "support/model_cases.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

/// One option of each type.
struct Description {
  bool flag = false;
  Index size = 3;
  double rate = 0.5;
  GruReset reset = GruReset::after_product;
  std::string name = "not an option";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("flag", self.flag), visitor("size", self.size), visitor("rate", self.rate), visitor("reset", self.reset);
  }
};

struct Secretive {};

static_assert(ListsOptions<Description>);
static_assert(ListsOptions<const Description>);
static_assert(!ListsOptions<Secretive>);

using Options = std::vector<Option>;

TEST_CASE("options are listed by name, in the order of the description, an enumeration by its name") {
  CHECK(options_of(Description{}) ==
        Options{{"flag", false}, {"size", Index{3}}, {"rate", 0.5}, {"reset", std::string("after_product")}});
  CHECK(options_of(Gru{.units = 7, .reset = GruReset::before_product, .name = "g"}) ==
        Options{{"units", Index{7}},
                {"reset", std::string("before_product")},
                {"returns", std::string("all_steps")},
                {"bias", std::string("one")},
                {"recurrent_dropout", 0.0}});
  CHECK(options_of(Bidirectional{Gru{.units = 7}, "both"}) == options_of(Gru{.units = 7}));
  CHECK(options_of(Dense{.units = 2, .bias = false}) == Options{{"units", Index{2}}, {"bias", false}});
  CHECK(options_of(Attention{.score = Score::general}) ==
        Options{{"score", std::string("general")}, {"mask", std::string("none")}, {"units", Index{0}}});
  CHECK(options_of(Add{}).empty());
}

TEST_CASE("every option of every description can be set to the value that was listed") {
  int count = 0;
  for_each_description([&]<class Type>(const Type& description, const std::vector<SequenceShape>&) {
    Type copy;
    for (const Option& option : options_of(description)) set_option("here", copy, option);
    CHECK(options_of(copy) == options_of(description));
    CHECK(copy.name.empty());
    ++count;
  });
  CHECK(count > 100);
  Description description;
  set_option("here", description, {"rate", Index{-2}});  // 2 in a text is an integer, and a number
  CHECK(description.rate == -2);
}

/// The bias of a recurrent layer that is set to `value`.
RecurrentBias bias_of(const OptionValue& value) {
  Lstm lstm;
  set_option("here", lstm, {"bias", value});
  return lstm.bias;
}

TEST_CASE("the bias of a recurrent layer can also be true or false, as that of a dense one") {
  CHECK(bias_of(true) == RecurrentBias::one);
  CHECK(bias_of(false) == RecurrentBias::none);
  CHECK(bias_of(std::string("two")) == RecurrentBias::two);
}

TEST_CASE("what cannot be set is an error, and changes nothing") {
  const auto check = [](const Option& option, const std::string& text) {
    Description description{.flag = true, .size = 5, .rate = 1.5, .reset = GruReset::before_product};
    const Options before = options_of(description);
    CHECK_THROWS_WITH_AS(set_option("here", description, option), ("[here] " + text).c_str(), ConfigError);
    CHECK(options_of(description) == before);
  };
  check({"flag", Index{1}}, "expected true or false as the option flag");
  check({"flag", std::string("true")}, "expected true or false as the option flag");
  check({"size", true}, "expected an integer as the option size");
  check({"size", 1e3}, "expected an integer as the option size");
  check({"size", std::string("3")}, "expected an integer as the option size");
  check({"rate", true}, "expected a number as the option rate");
  check({"rate", std::string("1")}, "expected a number as the option rate");
  check({"reset", Index{0}}, "expected the name of a value as the option reset");
  check({"reset", std::string("never")},
        "as the option reset: expected one of after_product, before_product, got \"never\"");
  check({"Size", Index{1}}, "expected one of the options flag, size, rate, reset, got \"Size\"");
  check({"name", std::string("n")}, "expected one of the options flag, size, rate, reset, got \"name\"");
  check({"", Index{1}}, "expected one of the options flag, size, rate, reset, got \"\"");
  CHECK_THROWS_WITH_AS(bias_of(Index{1}), "[here] expected the name of a value as the option bias", ConfigError);
  Add none;
  CHECK_THROWS_WITH_AS(set_option("here", none, {"units", Index{1}}), "[here] expected no option, got \"units\"",
                       ConfigError);
}

}  // namespace
