#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/window_options.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/persistence/layer_registry.hpp>

/// A model in one .safetensors file: the weights as tensors under their names ("lstm.w_x"), and in the metadata, as
/// texts, the version of this format, the architecture, and what belongs to the model. docs/model_file.md describes
/// the file for readers in other languages.
namespace tsattn {

/// What a model file may hold beside the model.
struct ModelExtras {
  std::optional<Scaler> scaler = {};          ///< of the series that the model was trained on
  std::optional<WindowOptions> windows = {};  ///< how that series was cut
  Metadata metadata = {};                     ///< texts of your own; "format" and names with "tsattn." are ours
};

/// What a file gave.
template <class S>
struct LoadedModel {
  Graph<S> model;
  ModelExtras extras;
};

/// A model on the way to its file: its weights, its architecture and `extras`. With `probe`, one sequence for each
/// input of the model, these and the model's output are stored too, and replayed whenever the file is loaded.
/// Throws ConfigError if a layer does not list its options or declare its number of weights, metadata or a layer has a
/// name of ours, or a name is not in UTF-8; ShapeError if the probe is empty or does not fit the model; NumericError if
/// its output is not finite, which could not be compared. The weights are read when the file is written.
template <class S>
class ModelWriter {
 public:
  ModelWriter(const Graph<S>& model, const ModelExtras& extras,
              Inputs<S> probe = std::span<const Sequence<S>* const>());

  SafetensorsWriter& file() { return writer_; }

  /// Writes the file, whole or not at all; throws as write_file_atomically.
  void save(const std::filesystem::path& path) const { writer_.save(path); }

 private:
  void add_probe(const Graph<S>& model, Inputs<S> probe);
  void add(std::string name, const Sequence<S>& values);

  SafetensorsWriter writer_;
  Sequence<S> output_;
};

/// Saves a model as one file. Throws as ModelWriter and write_file_atomically: the file is written whole or not at all.
template <class S>
void save_model(const std::filesystem::path& path, const Graph<S>& model, const ModelExtras& extras = {},
                Inputs<S> probe = std::span<const Sequence<S>* const>());

/// Reads the model and all else in a file that save_model wrote, in any scalar. Throws IoError, naming the file and
/// what was expected and found, if the file is damaged (a checksum covers every byte that matters), its architecture,
/// its weights and their shapes do not belong together, or its probe is not reproduced.
template <class S>
LoadedModel<S> load_model(SafetensorsFile& file, const LayerRegistry<S>& registry = LayerRegistry<S>::standard());
template <class S>
LoadedModel<S> load_model(const std::filesystem::path& path,
                          const LayerRegistry<S>& registry = LayerRegistry<S>::standard());

/// Fills a model that exists with the weights of a file, which may be any .safetensors file with its names and shapes.
/// Throws IoError, listing at once every missing, unexpected and mis-shaped tensor; the model is unchanged then.
template <class S>
void load_weights(SafetensorsFile& file, Graph<S>& model);
template <class S>
void load_weights(const std::filesystem::path& path, Graph<S>& model);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/persistence/model_file.inl>
#endif
