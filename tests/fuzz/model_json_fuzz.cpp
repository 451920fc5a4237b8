// Any text is an architecture or a tsattn::Error, and an architecture that was read is written and read the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/strict_json.hpp>
#include <tsattn/persistence/architecture_json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tsattn;
  const ArchitectureOptions options{
      .initialization = Initialization::zeros, .largest_size = 64, .most_weights = 1'000'000};
  try {
    const nlohmann::json text = parse_strict_json("x", {reinterpret_cast<const char*>(data), size});
    const nlohmann::ordered_json json = to_json(graph_from_json<float>("x", text, options));
    const nlohmann::json written = parse_strict_json("x", json.dump());
    if (to_json(graph_from_json<float>("x", written, options)) != json) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
