#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/attention_axis.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION AttentionAxis attention_axis(std::string_view where, Index steps,
                                                     std::optional<Index> horizon) {
  if (horizon && *horizon < 1) fail<ConfigError>(where, "expected a horizon of at least 1, got ", *horizon);
  AttentionAxis axis{
      horizon ? "steps before the forecast value" : "step of the window", {}, 0, 0, horizon ? -1.0 : 1.0};
  for (Index i = 0; i < steps; ++i)
    axis.positions.push_back(static_cast<double>(horizon ? steps - 1 - i + *horizon : i));
  axis.oldest = axis.positions.front();
  axis.newest = axis.positions.back();
  return axis;
}

TSATTN_LIBRARY_FUNCTION std::string attention_x_axis(const AttentionAxis& axis, double room) {
  return "set xrange [" + number_text(axis.oldest - axis.direction * room, 10) + ':' +
         number_text(axis.newest + axis.direction * room, 10) + "]\n" +
         (axis.positions.size() <= 12 ? "set xtics 1\n" : "");
}

}  // namespace tsattn
