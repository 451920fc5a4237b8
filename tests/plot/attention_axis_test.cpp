#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/plot/attention_axis.hpp>

using namespace tsattn;

TEST_CASE("with a horizon the steps are how long before the forecast value they are, and time runs to the left") {
  const AttentionAxis axis = attention_axis("plot", 3, 2);
  CHECK(axis.label == "steps before the forecast value");
  CHECK(axis.positions == std::vector<double>{4, 3, 2});
  CHECK(axis.oldest == 4);
  CHECK(axis.newest == 2);
  CHECK(axis.direction == -1);
  CHECK(attention_x_axis(axis).find("set xrange [4.5:1.5]") != std::string::npos);
  CHECK(attention_x_axis(axis, 0).find("set xrange [4:2]") != std::string::npos);
}

TEST_CASE("without a horizon the steps are counted from 0") {
  const AttentionAxis axis = attention_axis("plot", 3, std::nullopt);
  CHECK(axis.label == "step of the window");
  CHECK(axis.positions == std::vector<double>{0, 1, 2});
  CHECK(axis.direction == 1);
  CHECK(attention_x_axis(axis).find("set xrange [-0.5:2.5]") != std::string::npos);
}

TEST_CASE("a horizon below 1 is refused, by who asked") {
  CHECK_THROWS_WITH_AS(attention_axis("plot", 3, 0), "[plot] expected a horizon of at least 1, got 0", ConfigError);
}
