#include <stdexcept>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>

namespace {

using namespace tsattn;

TEST_CASE_TEMPLATE("every error carries its text and can be caught as Error", E, ShapeError, ConfigError, DataError,
                   NumericError, IoError) {
  const auto throw_error = [] { fail<E>("Dense", "expected x with ", 7, " features, got ", 5.5, '!'); };
  CHECK_THROWS_WITH_AS(throw_error(), "[Dense] expected x with 7 features, got 5.5!", E);
  CHECK_THROWS_AS(throw_error(), Error);
  CHECK_THROWS_AS(throw_error(), std::runtime_error);
}

TEST_CASE("an error of one kind is not one of another") {
  bool is_config_error = false;
  try {
    fail<ShapeError>("Dense", "");
  } catch (const ConfigError&) {
    is_config_error = true;
  } catch (const ShapeError& error) {
    CHECK(error.what() == doctest::String("[Dense] "));
  }
  CHECK(!is_config_error);
}

TEST_CASE("an error without its place is what follows the first bracket") {
  CHECK(without_place(ConfigError("[Dense] expected x")) == "expected x");
  CHECK(without_place(IoError("[safetensors, a/b.c] expected [time=1, batch=2] or [3] of it")) ==
        "expected [time=1, batch=2] or [3] of it");
  CHECK(without_place(Error("[a] [b] c")) == "[b] c");
  CHECK(without_place(Error("[] ")) == "");
  for (const char* text : {"", "no place", "[no end", "late [place] here", "[a]without a blank"})
    CHECK(without_place(Error(text)) == text);
}

}  // namespace
