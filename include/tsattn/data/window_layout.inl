#pragma once

#include <algorithm>
#include <utility>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/data/window_layout.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION WindowLayout::WindowLayout(WindowOptions options, Index features)
    : options_(std::move(options)), features_(features) {
  require_positive("Windows", "a lookback", options_.lookback);
  require_positive("Windows", "a horizon", options_.horizon);
  require_positive("Windows", "a stride", options_.stride);
  require_positive("Windows", "a sampling_step", options_.sampling_step);
  if (options_.gap < 0) fail<ConfigError>("Windows", "expected a gap of at least 0, got ", options_.gap);
  choose_features(options_.targets, "target");
  choose_features(options_.inputs, "input");
  require_features_inside(options_.known_future, "known_future");
}

TSATTN_LIBRARY_FUNCTION WindowsInPart WindowLayout::windows_in(const IndexRange& part, Index rows) const {
  const Index first_target = (std::max)(part.begin, first_target_row(past_rows() - 1));
  const Index free_rows = part.end - 1 - target_row(first_target, options_.horizon - 1);
  if (free_rows < 0)
    fail<DataError>("Windows", "expected a part with room for a window of ", options_.lookback, " + ", options_.horizon,
                    " steps", options_.sampling_step > 1 || options_.gap > 0 ? " (with sampling_step and gap)" : "",
                    ", got steps ", part.begin, " to ", part.end, " of a series of ", rows,
                    "; use a longer series or a smaller lookback or horizon");
  return {first_target, free_rows / options_.stride + 1};
}

TSATTN_LIBRARY_FUNCTION void WindowLayout::choose_features(std::vector<Index>& chosen, std::string_view what) const {
  const std::vector<Index>& known = options_.known_future;
  if (chosen.empty())
    for (Index f = 0; f < features_; ++f)
      if (std::find(known.begin(), known.end(), f) == known.end()) chosen.push_back(f);
  require_features_inside(chosen, what);
}

TSATTN_LIBRARY_FUNCTION void WindowLayout::require_features_inside(const std::vector<Index>& chosen,
                                                                   std::string_view what) const {
  for (const Index feature : chosen)
    if (feature < 0 || feature >= features_)
      fail<ConfigError>("Windows", "expected ", what, " features from 0 to ", features_ - 1, ", got ", feature);
}

}  // namespace tsattn
