// Any bytes are a .safetensors file or a tsattn::Error, and any such file is a model or a tsattn::Error.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/checksum.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/persistence/architecture_json.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/persistence/model_file_format.hpp>

namespace {

using namespace tsattn;

void require(bool condition) {
  if (!condition) std::abort();
}

void load(const std::string& bytes) {
  try {
    SafetensorsFile file("x", bytes);
    const LoadedModel<float> loaded = load_model<float>(file);
    to_json(loaded.model);
  } catch (const Error&) {
  }
}

/// The same file with a checksum that is right, or else no change would ever come further than that.
std::string with_checksum(SafetensorsFile& file, const NamedArrays& arrays) {
  std::map<std::string, std::vector<float>> values;
  SafetensorsWriter writer;
  for (const TensorEntry& entry : file.tensors()) {
    const std::vector<double>& numbers = arrays.at(entry.name).values;
    std::vector<float>& copy = values[entry.name];
    for (const double number : numbers) copy.push_back(static_cast<float>(number));
    writer.add<float>(entry.name, entry.shape, copy.data());
  }
  writer.metadata = file.metadata();
  writer.checksum_key = model_file_parts::kChecksumKey;
  std::ostringstream out;
  writer.write(out);
  return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  load(bytes);
  try {
    SafetensorsFile file("x", bytes);
    Checksum sum;
    Index end = 0;
    for (const TensorEntry& entry : file.tensors()) {
      require(entry.begin == end && entry.end >= entry.begin && entry.end <= static_cast<Index>(size));
      end = entry.end;
      file.add_to_checksum(entry, sum);
    }
    const NamedArrays arrays = file.read_all();
    require(arrays.size() == file.tensors().size());
    load(with_checksum(file, arrays));
  } catch (const Error&) {
  }
  return 0;
}
