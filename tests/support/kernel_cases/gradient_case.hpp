#pragma once

#include <functional>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>

namespace tsattn::test {

using Values = std::vector<double>;

/// A kernel and its backward, as a function of `variables` and its gradient: what backward gives must be the
/// difference quotients of what forward gives.
struct GradientCase {
  std::string forward, backward;  // the kernels
  std::vector<Index> variables;   // the size of each
  Index outputs;
  std::function<Values(const std::vector<Values>& variables)> value;
  /// sum_i dy_i d(output i) / d(variable), for all variables
  std::function<std::vector<Values>(const std::vector<Values>& variables, const Values& dy)> gradient;
};

inline Values zeros(Index size) { return Values(static_cast<std::size_t>(size)); }

}  // namespace tsattn::test
