#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>

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
inline AttentionAxis attention_axis(std::string_view where, Index steps, std::optional<Index> horizon) {
  if (horizon && *horizon < 1) fail<ConfigError>(where, "expected a horizon of at least 1, got ", *horizon);
  AttentionAxis axis{
      horizon ? "steps before the forecast value" : "step of the window", {}, 0, 0, horizon ? -1.0 : 1.0};
  for (Index i = 0; i < steps; ++i)
    axis.positions.push_back(static_cast<double>(horizon ? steps - 1 - i + *horizon : i));
  axis.oldest = axis.positions.front();
  axis.newest = axis.positions.back();
  return axis;
}

/// The commands that make it the x axis, from `room` steps before the first to `room` steps after the last.
inline std::string attention_x_axis(const AttentionAxis& axis, double room = 0.5) {
  return "set xrange [" + number_text(axis.oldest - axis.direction * room, 10) + ':' +
         number_text(axis.newest + axis.direction * room, 10) + "]\n" +
         (axis.positions.size() <= 12 ? "set xtics 1\n" : "");
}

}  // namespace tsattn
