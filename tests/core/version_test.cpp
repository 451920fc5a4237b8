#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <tsattn/core/version.hpp>

static_assert(TSATTN_VERSION_MAJOR >= 0 && TSATTN_VERSION_MINOR >= 0 && TSATTN_VERSION_PATCH >= 0,
              "an #if of the preprocessor can compare them");
#if TSATTN_VERSION_MAJOR * 10000 + TSATTN_VERSION_MINOR * 100 + TSATTN_VERSION_PATCH < 100
#error "a version before the first"
#endif

TEST_CASE("the text of the version is made of its three numbers") {
  CHECK(std::string_view(TSATTN_VERSION) == std::to_string(TSATTN_VERSION_MAJOR) + '.' +
                                                std::to_string(TSATTN_VERSION_MINOR) + '.' +
                                                std::to_string(TSATTN_VERSION_PATCH));
}
