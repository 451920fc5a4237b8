#pragma once

#include <string>

#include <tsattn/data/split.hpp>
#include <tsattn/data/windows.hpp>

#include "options.hpp"

/// What all models of the gallery are trained and judged on.
struct Problem {
  std::string name;  ///< of the file, or "sine wave"
  examples::ReadSeries series;
  tsattn::SeriesParts parts;
  tsattn::WindowOptions windows;

  tsattn::Index inputs() const {
    return static_cast<tsattn::Index>(windows.inputs.size() + windows.known_future.size());
  }
  tsattn::Index outputs() const { return windows.horizon * static_cast<tsattn::Index>(windows.targets.size()); }
};

/// Reads or makes the series. Throws tsattn::Error also if a part has no room for a window, or a window for the
/// features that are known in advance.
Problem make_problem(const Options& options);

/// Rows, columns, the time between rows, and the parts.
std::string text_of(const Problem& problem);
