#include "stratified.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <tsattn/core/random.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace ts = tsattn;

namespace {

/// The places of the series of each class, in random order.
std::vector<std::vector<ts::Index>> places_by_class(const ts::LabelledSeries& set, std::uint64_t seed) {
  std::vector<std::vector<ts::Index>> places(set.classes.size());
  for (ts::Index i = 0; i < set.size(); ++i)
    places[static_cast<std::size_t>(set.labels[static_cast<std::size_t>(i)])].push_back(i);
  ts::Random random(seed);
  for (std::size_t c = 0; c < places.size(); ++c) {
    if (places[c].size() < 2)
      ts::fail<ts::DataError>("series to be split", "expected at least 2 of every class, got ", places[c].size(),
                              " of class ", ts::shown_text(set.classes[c]));
    random.shuffle(std::span(places[c]));
  }
  return places;
}

}  // namespace

Split stratified_split(const ts::LabelledSeries& set, double share, std::uint64_t seed) {
  Split split;
  for (const std::vector<ts::Index>& of_class : places_by_class(set, seed)) {
    const auto size = static_cast<std::ptrdiff_t>(of_class.size());
    const auto in_part = std::clamp<std::ptrdiff_t>(std::lround(share * static_cast<double>(size)), 1, size - 1);
    split.part.insert(split.part.end(), of_class.begin(), of_class.begin() + in_part);
    split.rest.insert(split.rest.end(), of_class.begin() + in_part, of_class.end());
  }
  std::sort(split.part.begin(), split.part.end());
  std::sort(split.rest.begin(), split.rest.end());
  return split;
}

std::vector<Split> stratified_folds(const ts::LabelledSeries& set, ts::Index folds, std::uint64_t seed) {
  if (folds > set.size())
    ts::fail<ts::ConfigError>("--folds", "expected at most as many as training series, ", set.size(), ", got ", folds);
  std::vector<ts::Index> fold_of(static_cast<std::size_t>(set.size()));
  ts::Index dealt = 0;
  for (const std::vector<ts::Index>& of_class : places_by_class(set, seed))
    for (const ts::Index place : of_class) fold_of[static_cast<std::size_t>(place)] = dealt++ % folds;
  std::vector<Split> splits(static_cast<std::size_t>(folds));
  for (ts::Index place = 0; place < set.size(); ++place)
    for (ts::Index fold = 0; fold < folds; ++fold) {
      Split& split = splits[static_cast<std::size_t>(fold)];
      (fold_of[static_cast<std::size_t>(place)] == fold ? split.part : split.rest).push_back(place);
    }
  return splits;
}

ts::LabelledSeries series_at(const ts::LabelledSeries& set, const std::vector<ts::Index>& places) {
  ts::LabelledSeries chosen{set.problem, set.classes, {}, {}};
  for (const ts::Index place : places) {
    chosen.series.push_back(set.series[static_cast<std::size_t>(place)]);
    chosen.labels.push_back(set.labels[static_cast<std::size_t>(place)]);
  }
  return chosen;
}
