// Any bytes are a .npz file or a tsattn::Error.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>
#include <string>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/npz.hpp>

namespace {

using namespace tsattn;

template <class Value>
void read_as(std::span<const std::byte> bytes) {
  try {
    for (const auto& [name, array] : read_npz<Value>(bytes)) {
      std::size_t size = 1;
      for (const Index length : array.shape) size *= static_cast<std::size_t>(length);
      if (size != array.values.size()) std::abort();
    }
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  read_as<double>(bytes);
  read_as<bool>(bytes);
  return 0;
}
