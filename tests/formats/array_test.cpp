#include <doctest/doctest.h>

#include <tsattn/formats/array.hpp>

using namespace tsattn;

TEST_CASE("a shape is written as NumPy writes it") {
  CHECK(shape_text({}) == "()");
  CHECK(shape_text({4}) == "(4,)");
  CHECK(shape_text({4, 2, 3}) == "(4, 2, 3)");
  CHECK(shape_text({0, 1}) == "(0, 1)");
}

TEST_CASE("arrays go by their names, in the order of these") {
  const NamedArrays arrays{{"w", {{2}, {1, 2}}}, {"b", {{}, {3}}}};
  CHECK(arrays.begin()->first == "b");
  CHECK(arrays.at("w").values == std::vector<double>{1, 2});
}
