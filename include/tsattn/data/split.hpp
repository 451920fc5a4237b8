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

}  // namespace tsattn
