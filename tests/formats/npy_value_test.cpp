#include <cstdint>

#include <doctest/doctest.h>

#include <tsattn/formats/npy_value.hpp>

using namespace tsattn;

static_assert(NpyValue<float> && NpyValue<double> && NpyValue<std::int32_t> && NpyValue<std::int64_t> &&
              NpyValue<bool>);
static_assert(!NpyValue<long double> && !NpyValue<std::uint8_t> && !NpyValue<std::int16_t> && !NpyValue<char>);
static_assert(!NpyValue<const float> && !NpyValue<float&> && !NpyValue<float*>);

TEST_CASE("what .npy files hold is known when a program is compiled") { CHECK(NpyValue<float>); }
