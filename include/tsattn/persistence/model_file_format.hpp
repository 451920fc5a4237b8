#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/safetensors.hpp>

/// The names in a model file, and what everything that reads one demands of it first.
namespace tsattn::model_file_parts {

/// Of files whose layers read outputs alone: 1. Of others, which name further values as inputs ("encoder.c"): 2.
inline constexpr int kFormatVersion = 2;
inline constexpr std::string_view kPrefix = "tsattn.";
inline constexpr const char* kLibraryKey = "format";  // which library wrote the file; others have it too
inline constexpr const char* kVersionKey = "tsattn.format_version";
inline constexpr const char* kModelKey = "tsattn.model";
inline constexpr const char* kScalerKey = "tsattn.scaler";
inline constexpr const char* kWindowsKey = "tsattn.windows";
inline constexpr const char* kChecksumKey = "tsattn.checksum";
inline constexpr std::string_view kProbe = "probe/";
inline constexpr std::string_view kProbeInput = "probe/inputs/";
inline constexpr std::string_view kProbeOutput = "probe/output";
inline constexpr std::string_view kState = "state/";  // of a training, see persistence/checkpoint.hpp

inline bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// Weights are named "node.tensor", and no node of a saved model begins as what else the file holds.
inline bool is_weight(std::string_view name) { return !starts_with(name, kProbe) && !starts_with(name, kState); }

inline bool is_our_key(std::string_view key) { return starts_with(key, kPrefix) || key == kLibraryKey; }

/// The text of the metadata `key`, as JSON.
nlohmann::json json_of(const SafetensorsFile& file, const char* key);

/// Throws IoError unless the file says that it is a model in a version of the format that this library reads.
void require_model(const SafetensorsFile& file);

/// Throws IoError, with a line for every missing, unexpected and mis-shaped tensor, unless the file has exactly the
/// weights `parameters`.
template <class S>
void require_weights(const SafetensorsFile& file, const std::vector<NamedTensor<S>>& parameters);

/// Reads the numbers of all tensors in the order of the file, each to where `place(entry)` says: a NamedTensor, or one
/// without data for a tensor that is only part of the checksum. Throws IoError if the checksum is another one or, in a
/// file of this library, is not there.
template <class S>
void read_tensors(SafetensorsFile& file, const std::function<NamedTensor<S>(const TensorEntry&)>& place);

/// Throws IoError if the file's checksum is not that of its contents.
void require_checksum(SafetensorsFile& file);

}  // namespace tsattn::model_file_parts

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/persistence/model_file_format.inl>
#endif
