// info, create, import, export: what is in a model file, and how it comes there and out again.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <tsattn/embedded/chain.hpp>
#include <tsattn/embedded/writer.hpp>
#include <tsattn/exchange/keras.hpp>
#include <tsattn/exchange/pytorch.hpp>
#include <tsattn/forecasting/embedded_forecaster.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/npz.hpp>
#include <tsattn/formats/strict_json.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent_description.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/summary.hpp>
#include <tsattn/persistence/architecture_json.hpp>
#include <tsattn/persistence/model_file.hpp>

#include "arrays.hpp"
#include "commands.hpp"

namespace ts = tsattn;
namespace fs = std::filesystem;

namespace {

/// An architecture.
nlohmann::json load_spec(const fs::path& path) {
  return in_file(path, [&] {
    std::ifstream in(path, std::ios::binary);
    if (!in) ts::fail<ts::IoError>("", "cannot read the file");
    const std::string text(std::istreambuf_iterator<char>(in), {});
    return ts::parse_strict_json("", text);
  });
}

/// The model of an architecture.
template <class S>
ts::Graph<S> model_of_spec(const fs::path& path, const nlohmann::json& spec, const ts::ArchitectureOptions& options) {
  return in_file(path, [&] { return ts::graph_from_json<S>("", spec, options); });
}

/// Recurrent layers whose spec does not say which biases they have get those of the arrays: PyTorch's two, or none. So
/// a training goes on as it would there. (A second bias of zeros alone has not been trained, and is left out.)
void choose_biases(nlohmann::json& spec, const ts::NamedArrays& arrays) {
  ts::RecurrentBias bias = ts::RecurrentBias::none;
  for (const auto& [name, array] : arrays) {
    if (name.find("bias_ih_l") != std::string::npos && bias == ts::RecurrentBias::none) bias = ts::RecurrentBias::one;
    if (name.find("bias_hh_l") != std::string::npos &&
        std::any_of(array.values.begin(), array.values.end(), [](double value) { return value != 0; }))
      bias = ts::RecurrentBias::two;
  }
  if (!spec.is_object() || !spec.contains("layers") || !spec["layers"].is_array()) return;  // an error, a little later
  for (nlohmann::json& layer : spec["layers"]) {
    if (!layer.is_object() || layer.contains("bias") || !layer.contains("kind") || !layer["kind"].is_string()) continue;
    const std::string kind = layer["kind"];
    for (const std::string_view cell : {ts::Rnn::kKind, ts::Lstm::kKind, ts::Gru::kKind})
      if (kind == cell || kind == "bidirectional_" + std::string(cell)) layer["bias"] = ts::name_of(bias);
  }
}

template <class S>
void save_with_probe(const fs::path& path, const ts::Graph<S>& model, const ts::ModelExtras& extras = {}) {
  const std::vector<ts::Sequence<S>> probe = probe_of(model);
  const std::vector<const ts::Sequence<S>*> inputs = pointers_to(probe);
  in_file(path, [&] { ts::save_model<S>(path, model, extras, std::span<const ts::Sequence<S>* const>(inputs)); });
}

/// "F64" if the weights of the model were saved as such.
std::string dtype_of_weights(const ts::SafetensorsFile& file) {
  for (const ts::TensorEntry& tensor : file.tensors())
    if (tensor.dtype == "F64") return "F64";
  return "F32";
}

bool has_ending(const fs::path& path, const char* ending) { return path.extension() == ending; }

ts::NamedArrays load_arrays(const fs::path& path) {
  return in_file(path, [&] {
    if (has_ending(path, ".npz")) return ts::load_npz(path);
    return ts::SafetensorsFile(path).read_all();
  });
}

/// Writes arrays as .npz or .safetensors, as the path ends.
template <class S>
void save_arrays(const fs::path& path, const ts::NamedArrays& arrays) {
  std::map<std::string, ts::Array<S>> narrowed;
  for (const auto& [name, array] : arrays)
    narrowed[name] = {array.shape, std::vector<S>(array.values.begin(), array.values.end())};
  in_file(path, [&] {
    if (has_ending(path, ".npz")) return ts::save_npz(path, narrowed);
    ts::SafetensorsWriter writer;
    for (const auto& [name, array] : narrowed) writer.add<S>(name, array.shape, array.values.data());
    writer.save(path);
  });
}

/// The weights of a model under its own names.
template <class S>
ts::NamedArrays own_arrays(const ts::Graph<S>& model) {
  ts::NamedArrays arrays;
  for (const auto& tensor : model.parameters()) {
    ts::Array<double>& array = arrays[tensor.name];
    array.shape = ts::SafetensorsWriter::shape_of(tensor);
    for (ts::Index r = 0; r < tensor.rows; ++r)
      for (ts::Index c = 0; c < tensor.cols; ++c)
        array.values.push_back(static_cast<double>(tensor.data[c * tensor.rows + r]));
  }
  return arrays;
}

/// Whether float holds every weight exactly.
bool fits_float(const ts::Graph<double>& model) {
  for (const auto& tensor : model.parameters())
    for (ts::Index i = 0; i < tensor.size(); ++i)
      if (tensor.data[i] != static_cast<double>(static_cast<float>(tensor.data[i]))) return false;
  return true;
}

template <class S>
void create(const CreateOptions& options) {
  const ts::Graph<S> model = model_of_spec<S>(options.spec, load_spec(options.spec), {.seed = options.seed});
  save_with_probe(options.out, model);
  std::cout << ts::summary(model);
}

template <class S>
void export_model(const ExportOptions& options) {
  const ts::Graph<S> model = in_file(options.file, [&] { return ts::load_model<S>(options.file).model; });
  const ts::NamedArrays arrays =
      options.to == "torch" ? in_file(options.file, [&] { return ts::to_pytorch(model); }) : own_arrays(model);
  if (options.to == "npz" && !has_ending(options.out, ".npz"))
    ts::fail<ts::ConfigError>(options.out.string(), "expected a name that ends with .npz");
  save_arrays<S>(options.out, arrays);
  for (const auto& [name, array] : arrays) std::cout << name << ' ' << ts::shape_text(array.shape) << '\n';
}

}  // namespace

void run_info(const InfoOptions& options) {
  in_file(options.file, [&] {
    ts::SafetensorsFile file(options.file);
    if (file.metadata().count("tsattn.model") > 0) std::cout << ts::summary(ts::load_model<double>(file).model) << '\n';
    for (const auto& [name, text] : file.metadata()) std::cout << name << ": " << text << '\n';
    if (!file.metadata().empty()) std::cout << '\n';
    for (const ts::TensorEntry& tensor : file.tensors()) {
      ts::Checksum sum;
      file.add_to_checksum(tensor, sum);
      std::cout << tensor.name << ' ' << tensor.dtype << ' ' << ts::shape_text(tensor.shape) << ' ' << sum.text()
                << '\n';
    }
  });
}

void run_create(const CreateOptions& options) { options.is_double ? create<double>(options) : create<float>(options); }

void run_import(const ImportOptions& options) {
  nlohmann::json spec = load_spec(options.spec);
  ts::NamedArrays arrays;
  if (!options.from.empty()) arrays = load_arrays(options.weights);
  if (options.from == "torch") choose_biases(spec, arrays);
  const ts::ArchitectureOptions zeros{.initialization = ts::Initialization::zeros};
  ts::Graph<double> model = model_of_spec<double>(options.spec, spec, zeros);
  in_file(options.weights, [&] {
    if (options.from.empty()) return ts::load_weights(options.weights, model);
    options.from == "torch" ? ts::from_pytorch(arrays, model) : ts::from_keras(arrays, model);
  });
  // What comes in double stays in double.
  if (!options.is_float && !fits_float(model)) {
    save_with_probe(options.out, model);
  } else {
    ts::Graph<float> narrow = model_of_spec<float>(options.spec, spec, zeros);
    const auto from = model.parameters();
    const auto to = narrow.parameters();
    for (std::size_t i = 0; i < from.size(); ++i) to[i].flat() = from[i].flat().template cast<float>();
    save_with_probe(options.out, narrow);
  }
  std::cout << ts::summary(model);
}

namespace {

/// The layers of the model in the file, which is written to `header` with the forecaster around it, if it has one.
/// docs/embedded.md shows such headers at work.
ts::embedded::ModelChain write_header(const ExportOptions& options, std::ostream& header) {
  const ts::EmbeddedHeaderOptions how{
      .name = options.name, .source = options.file.filename().string(), .attention_steps = options.attention_steps};
  const ts::LoadedModel<double> loaded = ts::load_model<double>(options.file);
  const ts::ModelExtras& extras = loaded.extras;
  if (!options.is_model_alone && extras.metadata.contains(ts::kForecasterKey)) {
    const ts::Forecaster<double> forecaster = ts::load_forecaster<double>(options.file).forecaster;
    ts::write_embedded_header(forecaster, header, how);
    return ts::embedded::chain_of(forecaster.model(), forecaster.windows().lookback);
  }
  if (!options.is_model_alone && extras.scaler)
    ts::fail<ts::ConfigError>(
        "", "expected a model without a scaler, or a forecaster, got a model that was trained on ",
        "scaled values; --model-alone exports it without the scaler: it takes and gives scaled ", "values then");
  ts::write_embedded_header(loaded.model, header, how);
  return ts::embedded::chain_of(loaded.model, options.attention_steps);
}

void export_header(const ExportOptions& options) {
  ts::embedded::require_header_name("--name", options.name);
  std::ostringstream header;
  const ts::embedded::ModelChain chain = in_file(options.file, [&] { return write_header(options, header); });
  in_file(options.out,
          [&] { ts::write_file_atomically(options.out, [&](std::ostream& out) { out << header.str(); }); });
  for (const ts::embedded::ChainLayer& layer : chain.layers) std::cout << layer.name << ' ' << layer.type << '\n';
}

}  // namespace

void run_export(const ExportOptions& options) {
  if (options.to == "header") return export_header(options);
  const std::string dtype = in_file(options.file, [&] { return dtype_of_weights(ts::SafetensorsFile(options.file)); });
  dtype == "F64" ? export_model<double>(options) : export_model<float>(options);
}
