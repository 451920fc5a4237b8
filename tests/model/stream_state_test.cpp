#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/model/stream_state.hpp>

namespace {

using namespace tsattn;
namespace state = tsattn::stream_state;

std::uint64_t fingerprint_of(const std::vector<float>& values) {
  state::Fingerprint fingerprint;
  fingerprint.add(std::span<const float>(values));
  return fingerprint.value();
}

/// Two parts, 3 floats and 2 integers, and a place for them.
struct Parts {
  std::vector<float> floats = {0, 0, 0};
  std::vector<std::int32_t> integers = {0, 0};

  std::vector<std::byte> write(std::uint64_t fingerprint, Index steps) const {
    const auto one = std::as_bytes(std::span(floats)), other = std::as_bytes(std::span(integers));
    std::vector<std::byte> bytes(state::size({one, other}));
    state::write("save", fingerprint, steps, {one, other}, bytes);
    return bytes;
  }
  Index read(std::uint64_t fingerprint, std::span<const std::byte> bytes) {
    return state::read("load", "this model", fingerprint,
                       {std::as_writable_bytes(std::span(floats)), std::as_writable_bytes(std::span(integers))}, bytes);
  }
};

TEST_CASE("the fingerprint tells values, their signs and their order apart") {
  const std::vector<float> values{1, 2, 3};
  CHECK(fingerprint_of(values) == fingerprint_of(values));
  CHECK(fingerprint_of(values) != fingerprint_of({1, 3, 2}));
  CHECK(fingerprint_of(values) != fingerprint_of({1, 2}));
  CHECK(fingerprint_of({0.0F}) != fingerprint_of({-0.0F}));
  state::Fingerprint one, other;
  one.add(Index{1}), one.add(Index{0});
  other.add(Index{0}), other.add(Index{1});
  CHECK(one.value() != other.value());
}

TEST_CASE("what was written is read, with the number of steps") {
  const Parts written{{1, 2, 3}, {-4, 5}};
  const std::vector<std::byte> bytes = written.write(7, 123);
  CHECK(bytes.size() == sizeof(state::Header) + 20);
  Parts read;
  CHECK(read.read(7, bytes) == 123);
  CHECK(read.floats == written.floats);
  CHECK(read.integers == written.integers);
}

TEST_CASE("what is no state, or that of another, is refused and changes nothing") {
  const Parts written{{1, 2, 3}, {-4, 5}};
  const std::vector<std::byte> bytes = written.write(7, 123);
  Parts read{{9, 9, 9}, {9, 9}};
  CHECK_THROWS_WITH_AS(read.read(8, bytes), "[load] expected the state of this model, got that of another", DataError);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_THROWS_AS(read.read(7, std::span(bytes).first(size)), DataError);
  std::vector<std::byte> longer = bytes;
  longer.push_back({});
  CHECK_THROWS_AS(read.read(7, longer), DataError);
  std::vector<std::byte> other = bytes;
  other[0] = std::byte{2};
  CHECK_THROWS_WITH_AS(read.read(7, other), "[load] expected what save_state gives, got 44 other bytes", DataError);
  CHECK_THROWS_AS(read.read(7, written.write(7, -1)), DataError);
  CHECK(read.floats == std::vector<float>{9, 9, 9});
  CHECK(read.integers == std::vector<std::int32_t>{9, 9});
}

TEST_CASE("there must be room for all of it") {
  const std::vector<float> values{1};
  std::vector<std::byte> room(sizeof(state::Header) + 3);
  CHECK_THROWS_WITH_AS(state::write("save", 0, 0, {std::as_bytes(std::span(values))}, room),
                       "[save] expected room for 28 bytes, got 27", ConfigError);
}

}  // namespace
