#pragma once

#include <string>
#include <vector>

#include <tsattn/forecasting/classification_metrics.hpp>

#include "series_sets.hpp"

/// What needs no training, scored on the test series.
struct Baseline {
  std::string name;
  tsattn::ClassificationMetrics metrics;
};

/// The class with the most training series, and the class of the nearest training series by Euclidean distance; series
/// of unequal length are padded as for the model.
std::vector<Baseline> baselines(const SeriesSets& sets);
