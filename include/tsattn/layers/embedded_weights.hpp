#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <tsattn/core/matrix.hpp>
#include <tsattn/embedded/parts/format.hpp>

/// The order in which embedded types read their weights, for the layers' members `embed`.
namespace tsattn {

/// Appends the weights of `units` units as Panels of embedded/parts/panels.hpp reads them: `starts` [starts * units];
/// of w_x and w_h the rows of `gates` gates from `first_gate` on, `units` rows each.
inline void append_embedded_panels(Index units, std::span<const float> starts, const Matrix<float>& w_x,
                                   const Matrix<float>& w_h, Index first_gate, Index gates, std::vector<float>& out) {
  constexpr auto kPanelUnits = static_cast<Index>(embedded::kPanelUnits);
  for (Index unit = 0; unit < units; unit += kPanelUnits) {
    const Index here = (std::min)(units - unit, kPanelUnits);
    const auto append = [&](const float* from) { out.insert(out.end(), from + unit, from + unit + here); };
    for (const float* start = starts.data(); start != starts.data() + starts.size(); start += units) append(start);
    for (const Matrix<float>* w : {&w_x, &w_h})
      for (Index column = 0; column < w->cols(); ++column)
        for (Index gate = first_gate; gate < first_gate + gates; ++gate)
          append(w->data() + column * w->rows() + gate * units);
  }
}

template <class S>
Matrix<float> in_float(const Matrix<S>& values) {
  Matrix<float> rounded(values.rows(), values.cols());
  std::transform(values.data(), values.data() + values.size(), rounded.data(),
                 [](S value) { return static_cast<float>(value); });
  return rounded;
}

/// b + b_h, of which either may have fewer than `rows` rows, rounded once.
template <class S>
std::vector<float> total_bias_in_float(Index rows, const Vector<S>& b, const Vector<S>& b_h = {}) {
  std::vector<float> total(static_cast<std::size_t>(rows));
  for (Index row = 0; row < rows; ++row) {
    double sum = 0;
    if (row < b.size()) sum += static_cast<double>(b(row));
    if (row < b_h.size()) sum += static_cast<double>(b_h(row));
    total[static_cast<std::size_t>(row)] = static_cast<float>(sum);
  }
  return total;
}

}  // namespace tsattn
