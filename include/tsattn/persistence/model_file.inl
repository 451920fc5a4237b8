#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/version.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/checksum.hpp>
#include <tsattn/formats/strict_json.hpp>
#include <tsattn/persistence/architecture_json.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/persistence/model_file_format.hpp>
#include <tsattn/persistence/options_json.hpp>

namespace tsattn {

namespace model_file_parts {

inline void write_extras(const ModelExtras& extras, Metadata& metadata) {
  for (const auto& [name, text] : extras.metadata) {
    if (is_our_key(name))
      fail<ConfigError>("save_model", "expected metadata other than \"", kLibraryKey, "\" and without \"", kPrefix,
                        "\" in front, got \"", name, '"');
    metadata.emplace(name, text);
  }
  if (extras.scaler) {
    nlohmann::json shift = nlohmann::json::array(), scale = shift;
    for (Index f = 0; f < extras.scaler->features(); ++f)
      shift.push_back(extras.scaler->shift(f)), scale.push_back(extras.scaler->scale(f));
    metadata[kScalerKey] = nlohmann::json{{"shift", shift}, {"scale", scale}}.dump();
  }
  if (extras.windows) metadata[kWindowsKey] = options_to_json(*extras.windows).dump();
}

inline Scaler read_scaler(const SafetensorsFile& file) {
  const nlohmann::json json = json_of(file, kScalerKey);
  const std::string where = file.where() + ", " + kScalerKey;
  const auto numbers = [&](const char* name) {
    const bool is_there = json.is_object() && json.contains(name) && json[name].is_array();
    if (!is_there || !std::all_of(json[name].begin(), json[name].end(),
                                  [](const nlohmann::json& value) { return value.is_number(); }))
      fail<IoError>(where, "expected \"", name, "\" as this library writes it, got ", excerpt(json));
    return json[name].get<std::vector<double>>();
  };
  std::vector<double> shift = numbers("shift"), scale = numbers("scale");
  try {
    return Scaler::from(std::move(shift), std::move(scale));
  } catch (const ConfigError& error) {
    fail<IoError>(where, without_place(error));
  }
}

inline WindowOptions read_windows(const SafetensorsFile& file) {
  return options_from_json<WindowOptions>(file.where() + ", " + kWindowsKey, json_of(file, kWindowsKey),
                                          {"inputs", "known_future", "sampling_step", "gap", "include_input"});
}

inline ModelExtras read_extras(const SafetensorsFile& file) {
  ModelExtras extras;
  for (const auto& [name, text] : file.metadata())
    if (!is_our_key(name)) extras.metadata.emplace(name, text);
  if (file.metadata().count(kScalerKey) > 0) extras.scaler = read_scaler(file);
  if (file.metadata().count(kWindowsKey) > 0) extras.windows = read_windows(file);
  return extras;
}

/// A parameter by its name, or one without data.
template <class S>
NamedTensor<S> find(const std::vector<NamedTensor<S>>& parameters, std::string_view name) {
  for (const NamedTensor<S>& tensor : parameters)
    if (tensor.name == name) return tensor;
  return {};
}

/// What the file's numbers and those computed from them may differ by, of the largest: rounding in another order, on
/// another instruction set or in another scalar type, over some hundred steps. A wrong gate or layer is off by 1e-2
/// and more.
template <class S>
double probe_tolerance(const std::string& dtype) {
  const bool is_double = std::is_same_v<S, double> && dtype == "F64";
  return is_double ? 1e-11 : 1e-4;
}

/// The sequence [T, B, F] of a probe.
template <class S>
Sequence<S> read_probe(SafetensorsFile& file, const std::string& name) {
  const TensorEntry* entry = file.find(name);
  if (entry == nullptr || entry->shape.size() != 3 || entry->size() == 0)
    fail<IoError>(file.where(), "expected a tensor \"", name, "\" of shape (time, batch, features), got ",
                  entry == nullptr ? "none" : shape_text(entry->shape));
  Sequence<S> values({entry->shape[0], entry->shape[1], entry->shape[2]});
  file.read(*entry, 0, values.size(), values.data());
  return values;
}

/// Runs the model on the probe's inputs, if there is one. Throws IoError if its output is another one than the probe's.
template <class S>
void replay_probe(SafetensorsFile& file, const Graph<S>& model) {
  const TensorEntry* entry = file.find(kProbeOutput);
  if (entry == nullptr) return;
  const Sequence<S> expected = read_probe<S>(file, std::string(kProbeOutput));
  std::vector<Sequence<S>> inputs;
  for (const NodeId id : model.inputs())
    inputs.push_back(read_probe<S>(file, std::string(kProbeInput) + model.node(id).name));
  std::vector<const Sequence<S>*> pointers;
  for (const Sequence<S>& input : inputs) pointers.push_back(&input);
  Sequence<S> found;
  try {
    found = model.predict(std::span<const Sequence<S>* const>(pointers));
  } catch (const ShapeError& error) {
    fail<IoError>(file.where(), "expected a probe that fits the model: ", without_place(error));
  } catch (const std::bad_alloc&) {
    fail<IoError>(file.where(), "expected a probe that can be replayed; there is not enough memory for it");
  }
  if (found.shape() != expected.shape())
    fail<IoError>(file.where(), "expected the output of the probe as ", expected.shape(), ", got ", found.shape());
  double largest = 0, difference = 0;
  for (Index i = 0; i < found.size(); ++i) {
    largest = (std::max)(largest, std::abs(static_cast<double>(expected.data()[i])));
    const double off = std::abs(static_cast<double>(found.data()[i]) - static_cast<double>(expected.data()[i]));
    if (!(off <= difference) && !std::isnan(difference)) difference = off;  // a NaN stays
  }
  if (!(difference <= probe_tolerance<S>(entry->dtype) * largest))
    fail<IoError>(file.where(),
                  "expected the model to give what it gave when it was saved, got an output of the probe "
                  "that differs by ",
                  difference, " where the largest is ", largest,
                  "; the weights or the architecture are not those that were saved");
}

/// The lowest version that can say what the model is, so that older libraries read what they can.
template <class S>
int version_of(const Graph<S>& model) {
  for (const Node<S>& node : model.nodes())
    for (const FurtherValue& value : node.further)
      if (value.is_read) return 2;
  return 1;
}

template <class S>
std::string architecture_of(const Graph<S>& model) {
  const nlohmann::ordered_json json = to_json(model);
  try {
    return json.dump();
  } catch (const nlohmann::json::exception& error) {
    fail<ConfigError>("save_model", "expected names in UTF-8: ", error.what());
  }
}

}  // namespace model_file_parts

template <class S>
ModelWriter<S>::ModelWriter(const Graph<S>& model, const ModelExtras& extras, Inputs<S> probe) {
  using namespace model_file_parts;
  for (const Node<S>& node : model.nodes())
    if (node.layer && !node.weight_count)
      fail<ConfigError>("save_model", "expected layers whose number of weights is known before they are built, got ",
                        node.name, " of the kind ", node.kind, ", whose description has no member weight_count ",
                        "(layers/weight_count.hpp); the file could not be opened");
  for (const NamedTensor<const S>& tensor : model.parameters()) {
    if (!is_weight(tensor.name))
      fail<ConfigError>("save_model", "expected layers without \"", kProbe, "\" or \"", kState,
                        "\" in front of their names, got the tensor ", tensor.name);
    writer_.add(tensor.name, tensor);
  }
  if (probe.count() > 0) add_probe(model, probe);
  writer_.metadata = {{kLibraryKey, "tsattn"},
                      {"tsattn.version", TSATTN_VERSION},
                      {kVersionKey, std::to_string(version_of(model))},
                      {kModelKey, architecture_of(model)}};
  write_extras(extras, writer_.metadata);
  writer_.checksum_key = kChecksumKey;
}

template <class S>
void ModelWriter<S>::add_probe(const Graph<S>& model, Inputs<S> probe) {
  using namespace model_file_parts;
  output_ = model.predict(probe);
  if (output_.size() == 0)
    fail<ShapeError>("save_model", "expected a probe with at least one step and sample, got ", probe[0].shape());
  for (Index i = 0; i < output_.size(); ++i)
    if (!std::isfinite(output_.data()[i]))
      fail<NumericError>("save_model", "expected a finite output for the probe, got ", output_.data()[i],
                         "; save the model without a probe");
  for (std::size_t i = 0; i < model.inputs().size(); ++i)
    add(std::string(kProbeInput) + model.node(model.inputs()[i]).name, probe[static_cast<Index>(i)]);
  add(std::string(kProbeOutput), output_);
}

template <class S>
void ModelWriter<S>::add(std::string name, const Sequence<S>& values) {
  writer_.add<S>(std::move(name), {values.time(), values.batch(), values.features()}, values.data());
}

template <class S>
void save_model(const std::filesystem::path& path, const Graph<S>& model, const ModelExtras& extras, Inputs<S> probe) {
  ModelWriter<S>(model, extras, probe).save(path);
}

template <class S>
LoadedModel<S> load_model(SafetensorsFile& file, const LayerRegistry<S>& registry) {
  using namespace model_file_parts;
  require_model(file);
  Index weights = 0;
  for (const TensorEntry& tensor : file.tensors()) weights += is_weight(tensor.name) ? tensor.size() : 0;
  // A model that needs more memory than the file has numbers is none of this file, and is not built. Up to these sizes
  // it is, so that the message can list the tensors that are missing.
  constexpr Index kSmall = 1024, kFew = kSmall * kSmall;
  const ArchitectureOptions options{.initialization = Initialization::zeros,
                                    .largest_size = (std::max)(weights, kSmall),
                                    .most_weights = 2 * weights + kFew};
  LoadedModel<S> loaded{[&] {
                          try {
                            return graph_from_json<S>(file.where(), json_of(file, kModelKey), options, registry);
                          } catch (const ConfigError& error) {
                            throw IoError(error.what());
                          }
                        }(),
                        read_extras(file)};
  const std::vector<NamedTensor<S>> parameters = loaded.model.parameters();
  require_weights(file, parameters);
  read_tensors<S>(file, [&](const TensorEntry& entry) { return find(parameters, entry.name); });
  replay_probe(file, loaded.model);
  return loaded;
}

template <class S>
LoadedModel<S> load_model(const std::filesystem::path& path, const LayerRegistry<S>& registry) {
  SafetensorsFile file(path);
  return load_model<S>(file, registry);
}

template <class S>
void load_weights(SafetensorsFile& file, Graph<S>& model) {
  using namespace model_file_parts;
  const std::vector<NamedTensor<S>> parameters = model.parameters();
  require_weights(file, parameters);
  std::vector<NamedTensor<S>> staged = parameters;  // until the checksum is known
  AlignedBuffer<S> memory(model.parameter_count());
  Index offset = 0;
  for (NamedTensor<S>& tensor : staged) {
    tensor.data = memory.data() + offset;
    offset += tensor.size();
  }
  read_tensors<S>(file, [&](const TensorEntry& entry) { return find(staged, entry.name); });
  for (std::size_t i = 0; i < parameters.size(); ++i) std::copy_n(staged[i].data, staged[i].size(), parameters[i].data);
}

template <class S>
void load_weights(const std::filesystem::path& path, Graph<S>& model) {
  SafetensorsFile file(path);
  load_weights(file, model);
}

TSATTN_JSON_INSTANCE(class ModelWriter);
#if defined(TSATTN_COMPILED_JSON)
#define TSATTN_MODEL_FILE_INSTANCES(S)                                                                    \
  template void save_model(const std::filesystem::path&, const Graph<S>&, const ModelExtras&, Inputs<S>); \
  template LoadedModel<S> load_model(SafetensorsFile&, const LayerRegistry<S>&);                          \
  template LoadedModel<S> load_model(const std::filesystem::path&, const LayerRegistry<S>&);              \
  template void load_weights(SafetensorsFile&, Graph<S>&);                                                \
  template void load_weights(const std::filesystem::path&, Graph<S>&)
TSATTN_MODEL_FILE_INSTANCES(float);
TSATTN_MODEL_FILE_INSTANCES(double);
#undef TSATTN_MODEL_FILE_INSTANCES
#endif

}  // namespace tsattn
