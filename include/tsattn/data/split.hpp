#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <span>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>

namespace tsattn {

/// Cuts `steps` steps, in time order, into one part per fraction: {0.7, 0.1, 0.2} for training, validation and test.
/// The parts border on each other, and the last one ends at the end. Throws ConfigError unless every fraction is above
/// 0 and they sum to 1, DataError if a part would be empty.
inline std::vector<IndexRange> chronological_split(Index steps, std::span<const double> fractions) {
  double sum = 0;
  for (const double fraction : fractions) {
    if (!(fraction > 0)) fail<ConfigError>("chronological_split", "expected fractions above 0, got ", fraction);
    sum += fraction;
  }
  if (!(std::abs(sum - 1) < 1e-9))
    fail<ConfigError>("chronological_split", "expected fractions that sum to 1, got a sum of ", sum);
  std::vector<IndexRange> parts;
  double share = 0;
  Index begin = 0;
  for (const double fraction : fractions) {
    share += fraction;
    const bool is_last = parts.size() + 1 == fractions.size();
    // 1e-9: the share 0.7 + 0.1 of 10 steps is 8 steps, though the sum of the doubles is below 0.8.
    const Index end = is_last ? steps : static_cast<Index>(std::floor(share * static_cast<double>(steps) + 1e-9));
    if (end <= begin)
      fail<DataError>("chronological_split", "expected enough steps for ", fractions.size(),
                      " parts that are not empty, got ", steps, " steps");
    parts.push_back({begin, end});
    begin = end;
  }
  return parts;
}
inline std::vector<IndexRange> chronological_split(Index steps, std::initializer_list<double> fractions) {
  return chronological_split(steps, std::span(fractions.begin(), fractions.size()));
}

/// What a series is for, in time order. A part may be empty, but for the training part.
struct SeriesParts {
  IndexRange training, validation, test;
};

/// Cuts `steps` steps by fractions: for training, validation and test, 0.7, 0.1 and 0.2 by default. The first must be
/// above 0; a validation or test part of 0 stays empty. Throws as chronological_split.
inline SeriesParts series_parts(Index steps, double training = 0.7, double validation = 0.1, double test = 0.2) {
  std::vector<double> fractions{training};
  for (const double fraction : {validation, test})
    if (fraction != 0) fractions.push_back(fraction);
  const std::vector<IndexRange> cut = chronological_split(steps, fractions);
  const IndexRange none{cut[0].end, cut[0].end};
  return {cut[0], validation != 0 ? cut[1] : none, test != 0 ? cut.back() : IndexRange{steps, steps}};
}

/// The parts that end at these steps: 8640, 11520 and 14400 for the usual 12, 4 and 4 months of the ETT series. Steps
/// after the last one are not used. Throws ConfigError unless 0 < training <= validation <= test <= steps.
inline SeriesParts series_parts_at(Index steps, Index training, Index validation, Index test) {
  if (!(0 < training && training <= validation && validation <= test && test <= steps))
    fail<ConfigError>("series_parts_at", "expected borders in their order, above 0 and up to the ", steps,
                      " steps of the series, got ", training, ", ", validation, ", ", test);
  return {{0, training}, {training, validation}, {validation, test}};
}

}  // namespace tsattn
