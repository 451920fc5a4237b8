// Any bytes are a .npy file or a tsattn::Error.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <sstream>
#include <string>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/npy.hpp>

namespace {

using namespace tsattn;

void require(bool condition) {
  if (!condition) std::abort();
}

template <class Value>
void read_as(std::span<const std::byte> bytes) {
  try {
    const Array<Value> array = read_npy<Value>(bytes);
    std::size_t size = 1;
    for (const Index length : array.shape) {
      require(length >= 0);
      size *= static_cast<std::size_t>(length);
    }
    require(size == array.values.size());

    // What has been read can be written, and that be read.
    std::ostringstream out;
    write_npy(out, array);
    const std::string written = out.str();
    const Array<Value> again = read_npy<Value>(std::as_bytes(std::span(written)));
    require(again.shape == array.shape && again.values.size() == array.values.size());
    for (std::size_t i = 0; i < size; ++i) {
      const Value a = array.values[i], b = again.values[i];
      require(a == b || (a != a && b != b));
    }
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  read_as<float>(bytes);
  read_as<double>(bytes);
  read_as<std::int32_t>(bytes);
  read_as<std::int64_t>(bytes);
  read_as<bool>(bytes);
  return 0;
}
