#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>

/// The steps of a window, oldest first, as an axis of attention: how long before the value that is forecast they are,
/// or, without a horizon, their number in the window, from 0.
namespace tsattn {

struct AttentionAxis {
  std::string label;
  std::vector<double> positions;  ///< of every step
  double oldest, newest;
  double direction;  ///< of time on the numbers of the axis: -1 or 1
};

/// Throws ConfigError for a horizon below 1. `steps` is at least 1.
AttentionAxis attention_axis(std::string_view where, Index steps, std::optional<Index> horizon);

/// The commands that make it the x axis, from `room` steps before the first to `room` steps after the last.
std::string attention_x_axis(const AttentionAxis& axis, double room = 0.5);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/attention_axis.inl>
#endif
