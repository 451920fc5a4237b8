#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/options.hpp>
#include <tsattn/data/window_options.hpp>

namespace {

using namespace tsattn;

static_assert(ListsOptions<WindowOptions>);

TEST_CASE("every option is listed, under its own name") {
  WindowOptions options;
  std::vector<std::string> names;
  Index next = 1;
  WindowOptions::visit(options, [&]<class Field>(std::string_view name, Field& field) {
    names.emplace_back(name);
    if constexpr (requires { field.clear(); }) {
      field = {next++};
    } else {
      field = static_cast<Field>(next++);
    }
  });
  CHECK(names == std::vector<std::string>{"lookback", "horizon", "stride", "targets", "inputs", "known_future",
                                          "sampling_step", "gap", "include_input"});
  // Structured bindings take exactly the members there are, so one that is not listed is still as it was.
  const auto& [lookback, horizon, stride, targets, inputs, known_future, sampling_step, gap, include_input] = options;
  CHECK(lookback == 1);
  CHECK(horizon == 2);
  CHECK(stride == 3);
  CHECK(targets == std::vector<Index>{4});
  CHECK(inputs == std::vector<Index>{5});
  CHECK(known_future == std::vector<Index>{6});
  CHECK(sampling_step == 7);
  CHECK(gap == 8);
  CHECK(include_input);
}

}  // namespace
