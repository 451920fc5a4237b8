#pragma once

#include <algorithm>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/kernels/dense/arguments.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void dense_pack(Index features, Index units, const S* w, const S* b, AlignedBuffer<S>& out) {
  out.resize(units * (features + 1));
  std::copy_n(b, units, std::copy_n(w, units * features, out.data()));
}

template <class S>
void dense_forward(const DenseStep<S>& s) {
  for (Index col = 0; col < s.batch; ++col)
    for (Index u = 0; u < s.units; ++u) {
      S sum = s.weights[s.units * s.features + u];
      for (Index k = 0; k < s.features; ++k) sum += s.weights[k * s.units + u] * s.x[col * s.features + k];
      s.y[col * s.units + u] = sum;
    }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
