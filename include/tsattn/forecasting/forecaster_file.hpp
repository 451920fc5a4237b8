#pragma once

#include <filesystem>

#include <tsattn/core/compiled.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/persistence/layer_registry.hpp>

/// A forecaster as one file: a model file (persistence/model_file.hpp) with the scaler, the windows and, in the
/// metadata "forecaster", the names of the other options as JSON.
namespace tsattn {

/// The metadata that a forecaster's file has, and a model's own has not.
inline constexpr const char* kForecasterKey = "forecaster";

/// What a file gave.
template <class S>
struct LoadedForecaster {
  Forecaster<S> forecaster;
  Metadata metadata;  ///< as it was given to save_forecaster
};

/// Saves a forecaster that was fitted, and texts of your own, such as the names of its columns, in the metadata. Throws
/// ConfigError before `fit` or for a text named "forecaster", and as save_model: the file is written whole or not at
/// all.
template <class S>
void save_forecaster(const std::filesystem::path& path, const Forecaster<S>& forecaster, const Metadata& metadata = {});

/// Opens it again, with the layers of `registry`. Throws as load_model, and IoError if the file is a model without what
/// a forecaster needs.
template <class S>
LoadedForecaster<S> load_forecaster(const std::filesystem::path& path,
                                    const LayerRegistry<S>& registry = LayerRegistry<S>::standard());

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/forecasting/forecaster_file.inl>
#endif
