#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/formats/safetensors.hpp>

namespace tsattn::test {

/// What a model file holds, to be changed and written again with a checksum that is right: what a program does that
/// knows the format, but not what it does to the model.
template <class S>
struct ModelContents {
  struct Tensor {
    std::vector<Index> shape;
    std::vector<S> values;
  };
  Metadata metadata;
  std::map<std::string, Tensor> tensors;

  explicit ModelContents(const std::filesystem::path& path) {
    SafetensorsFile file(path);
    metadata = file.metadata();
    for (const TensorEntry& entry : file.tensors()) {
      Tensor& tensor = tensors[entry.name];
      tensor.shape = entry.shape;
      tensor.values.resize(static_cast<std::size_t>(entry.size()));
      file.read(entry, 0, entry.size(), tensor.values.data());
    }
  }

  /// A text that must be in the metadata `key`, in the place of which comes another.
  void replace_in(const std::string& key, const std::string& old, const std::string& with) {
    const std::size_t at = metadata.at(key).find(old);
    REQUIRE(at != std::string::npos);
    metadata.at(key).replace(at, old.size(), with);
  }

  void save(const std::filesystem::path& path) const {
    SafetensorsWriter writer;
    for (const auto& [name, tensor] : tensors) writer.add<S>(name, tensor.shape, tensor.values.data());
    writer.metadata = metadata;
    writer.checksum_key = "tsattn.checksum";
    writer.save(path);
  }
};

}  // namespace tsattn::test
