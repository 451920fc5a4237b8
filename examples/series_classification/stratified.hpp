#pragma once

#include <cstdint>
#include <vector>

#include <tsattn/data/ts_file.hpp>

/// Parts of a set in which every class has its share. All throw DataError if a class has fewer than two series.

/// The places of series in a set.
struct Split {
  std::vector<tsattn::Index> rest, part;
};

/// `part` gets `share` of the series of each class, rounded, but at least one, and `rest` at least one too.
Split stratified_split(const tsattn::LabelledSeries& set, double share, std::uint64_t seed);

/// For each of `folds` parts of equal size, up to one series: the part, and the rest. Throws ConfigError if there are
/// more folds than series.
std::vector<Split> stratified_folds(const tsattn::LabelledSeries& set, tsattn::Index folds, std::uint64_t seed);

/// The series at these places, in that order.
tsattn::LabelledSeries series_at(const tsattn::LabelledSeries& set, const std::vector<tsattn::Index>& places);
