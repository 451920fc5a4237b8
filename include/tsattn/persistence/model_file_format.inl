#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/checksum.hpp>
#include <tsattn/formats/strict_json.hpp>
#include <tsattn/persistence/model_file_format.hpp>

namespace tsattn::model_file_parts {

TSATTN_JSON_FUNCTION nlohmann::json json_of(const SafetensorsFile& file, const char* key) {
  return parse_strict_json(file.where() + ", " + key, file.metadata().at(key));
}

TSATTN_JSON_FUNCTION void require_model(const SafetensorsFile& file) {
  const auto version = file.metadata().find(kVersionKey);
  if (version != file.metadata().end() && version->second != "1" && version->second != std::to_string(kFormatVersion))
    fail<IoError>(file.where(), "expected the format version 1 or ", kFormatVersion, ", got \"", version->second,
                  "\"; it was written by a newer library");
  if (version == file.metadata().end() || file.metadata().count(kModelKey) == 0)
    fail<IoError>(file.where(),
                  "expected a model with its architecture, got weights alone; read those of PyTorch and "
                  "Keras with from_pytorch and from_keras, others with load_weights");
}

template <class S>
void require_weights(const SafetensorsFile& file, const std::vector<NamedTensor<S>>& parameters) {
  std::string faults;
  for (const NamedTensor<S>& tensor : parameters) {
    const TensorEntry* entry = file.find(tensor.name);
    const std::vector<Index> shape = SafetensorsWriter::shape_of(tensor);
    if (entry == nullptr) {
      faults += "\n  missing: " + tensor.name + ' ' + shape_text(shape);
    } else if (entry->shape != shape) {
      faults +=
          "\n  mis-shaped: " + tensor.name + ", expected " + shape_text(shape) + ", got " + shape_text(entry->shape);
    }
  }
  const auto is_known = [&](const TensorEntry& entry) {
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const NamedTensor<S>& tensor) { return tensor.name == entry.name; });
  };
  for (const TensorEntry& entry : file.tensors())
    if (is_weight(entry.name) && !is_known(entry))
      faults += "\n  unexpected: " + entry.name + ' ' + shape_text(entry.shape);
  if (!faults.empty()) fail<IoError>(file.where(), "expected the weights of the model, got other tensors:", faults);
}

template <class S>
void read_tensors(SafetensorsFile& file, const std::function<NamedTensor<S>(const TensorEntry&)>& place) {
  Checksum sum = safetensors_parts::checksum_of_header(file.metadata(), kChecksumKey, file.tensors());
  for (const TensorEntry& entry : file.tensors()) {
    const NamedTensor<S> to = place(entry);
    if (to.data != nullptr) {
      file.read_column_major(entry, to.rows, to.cols, to.data, &sum);
    } else {
      file.add_to_checksum(entry, sum);
    }
  }
  const auto expected = file.metadata().find(kChecksumKey);
  const bool has_checksum = expected != file.metadata().end();
  const bool is_ours = std::any_of(file.metadata().begin(), file.metadata().end(),
                                   [](const auto& entry) { return starts_with(entry.first, kPrefix); });
  if (is_ours && !has_checksum)
    fail<IoError>(file.where(), "expected the metadata \"", kChecksumKey,
                  "\", got none; the file was damaged or changed by hand");
  if (has_checksum && expected->second != sum.text())
    fail<IoError>(file.where(), "expected the checksum ", expected->second, ", got ", sum.text(),
                  "; the file was damaged or changed by hand");
}

TSATTN_JSON_FUNCTION void require_checksum(SafetensorsFile& file) {
  read_tensors<float>(file, [](const TensorEntry&) { return NamedTensor<float>(); });
}

TSATTN_JSON_FUNCTION_INSTANCE(require_weights);
TSATTN_JSON_FUNCTION_INSTANCE(read_tensors);

}  // namespace tsattn::model_file_parts
