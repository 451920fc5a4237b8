#pragma once

#include <filesystem>
#include <iosfwd>

#include <tsattn/core/compiled.hpp>
#include <tsattn/embedded/writer.hpp>
#include <tsattn/forecasting/forecaster.hpp>

namespace tsattn {

/// Writes a forecaster that was fitted as one C++17 header that needs nothing else (docs/embedded.md): its model with
/// all that stands between a series and its forecast, which are scaling, windows (lookback, gap, sampling step,
/// features known in advance), normalization, channels and strategy. `options.name`::Forecaster takes the last rows of
/// the series in its units and gives what Forecaster::forecast gives, in float. Attention looks back on the whole
/// window.
///
/// Throws as write_embedded_header of a model (embedded/writer.hpp); ConfigError before `fit`, and for attention_steps
/// other than the lookback; ShapeError for a model that does not fit the windows; DataError for a scaler whose scale no
/// float holds.
template <class S>
void write_embedded_header(const Forecaster<S>& forecaster, std::ostream& out,
                           const EmbeddedHeaderOptions& options = {});
template <class S>
void write_embedded_header(const Forecaster<S>& forecaster, const std::filesystem::path& path,
                           const EmbeddedHeaderOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/embedded_forecaster.inl>
#endif
