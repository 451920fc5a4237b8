#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/kernels/arguments.hpp>

// GCC would fuse multiplications and additions in some of these loops and not in others, and the last bits would depend
// on how a product is cut into calls. (Clang fuses within an expression only, always alike.)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off")
#endif

/// Plain loops that define what every kernel computes. They serve compilers without vector extensions, and every kernel
/// is tested against them.
namespace tsattn::kernels::reference {

template <class S>
void add_product(Index rows, Index cols, Index depth, const S* a, Index a_row, Index a_col, const S* b, Index b_row,
                 Index b_col, S* c, Index c_col) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) {
      S sum = c[j * c_col + i];
      for (Index k = 0; k < depth; ++k) sum += a[i * a_row + k * a_col] * b[k * b_row + j * b_col];
      c[j * c_col + i] = sum;
    }
}

template <class S>
void add_column_sums(Index rows, Index cols, const S* in, Index in_col, S* sums) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) sums[i] += in[j * in_col + i];
}

template <class S>
void add(Index size, const S* from, S* to) {
  for (Index i = 0; i < size; ++i) to[i] += from[i];
}

template <class S>
bool all_finite(Index size, const S* x) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  constexpr Bits kMantissa = (Bits{1} << (std::numeric_limits<S>::digits - 1)) - 1;
  bool is_finite = true;
  for (Index i = 0; i < size; ++i) is_finite = is_finite && (std::bit_cast<Bits>(x[i]) << 1U) < (~kMantissa << 1U);
  return is_finite;
}

template <class S>
double sum_of_squares(Index size, const S* values) {
  double sum = 0;
  for (Index i = 0; i < size; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return sum;
}

// Optimizers

template <class S>
void adam(Index size, const AdamStep<S>& a, const S* g, S* m, S* v, S* p) {
  for (Index i = 0; i < size; ++i) {
    const S gradient = a.gradient_scale * g[i];
    m[i] = a.beta1 * m[i] + (1 - a.beta1) * gradient;
    v[i] = a.beta2 * v[i] + (1 - a.beta2) * gradient * gradient;
    p[i] -= a.decay * p[i] + a.step_size * m[i] / (std::sqrt(v[i]) / a.root_correction2 + a.epsilon);
  }
}
template <class S>
void rms_prop(Index size, const RmsPropStep<S>& a, const S* g, S* v, S* m, S* p) {
  for (Index i = 0; i < size; ++i) {
    const S gradient = a.gradient_scale * g[i];
    v[i] = a.alpha * v[i] + (1 - a.alpha) * gradient * gradient;
    S direction = gradient / (std::sqrt(v[i]) + a.epsilon);
    if (m != nullptr) direction = m[i] = a.momentum * m[i] + direction;
    p[i] -= a.learning_rate * direction;
  }
}
template <class S>
void sgd(Index size, const SgdStep<S>& a, const S* g, S* m, S* p) {
  for (Index i = 0; i < size; ++i) {
    S direction = a.gradient_scale * g[i];
    if (m != nullptr) {
      m[i] = a.momentum * m[i] + direction;
      direction = a.is_nesterov ? direction + a.momentum * m[i] : m[i];
    }
    p[i] -= a.learning_rate * direction;
  }
}

// Elementwise

template <class S>
S sigmoid(S x) {
  return 1 / (1 + std::exp(-x));
}

template <class S>
void exp_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = std::exp(x[i]);
}
template <class S>
void tanh_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = std::tanh(x[i]);
}
template <class S>
void tanh_backward(Index size, const S* y, const S* dy, S* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = dy[i] * (1 - y[i] * y[i]);
}
template <class S>
void sigmoid_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = sigmoid(x[i]);
}
template <class S>
void sigmoid_backward(Index size, const S* y, const S* dy, S* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = dy[i] * y[i] * (1 - y[i]);
}
template <class S>
void relu_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = x[i] < 0 ? S(0) : x[i];
}
template <class S>
void relu_backward(Index size, const S* y, const S* dy, S* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = y[i] > 0 ? dy[i] : S(0);
}

// Attention

template <class S>
void softmax_forward(Index size, const S* s, S* w) {
  S largest = s[0];
  for (Index k = 1; k < size; ++k) largest = s[k] > largest ? s[k] : largest;
  S sum = 0;
  for (Index k = 0; k < size; ++k) sum += w[k] = std::exp(s[k] - largest);
  for (Index k = 0; k < size; ++k) w[k] /= sum;
}
template <class S>
void softmax_backward(Index size, const S* w, const S* dw, S* ds) {
  S mean = 0;
  for (Index k = 0; k < size; ++k) mean += w[k] * dw[k];
  for (Index k = 0; k < size; ++k) ds[k] = w[k] * (dw[k] - mean);
}

template <class S>
void dot_scores(Index count, Index size, S scale, const S* p, const S* keys, Index stride, S* s) {
  for (Index k = 0; k < count; ++k) {
    S sum = 0;
    for (Index i = 0; i < size; ++i) sum += p[i] * keys[k * stride + i];
    s[k] = scale * sum;
  }
}
template <class S>
void dot_scores_backward(Index count, Index size, S scale, const S* p, const S* keys, Index stride, const S* ds, S* dp,
                         S* d_keys) {
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) {
      if (dp != nullptr) dp[i] += scale * ds[k] * keys[k * stride + i];
      if (d_keys != nullptr) d_keys[k * stride + i] += scale * ds[k] * p[i];
    }
}

template <class S>
void additive_scores(Index count, Index size, const S* v, const S* p, const S* keys, Index stride, S* s) {
  for (Index k = 0; k < count; ++k) {
    s[k] = 0;
    for (Index i = 0; i < size; ++i) s[k] += v[i] * std::tanh(p[i] + keys[k * stride + i]);
  }
}
template <class S>
void additive_scores_backward(Index count, Index size, const S* v, const S* p, const S* keys, Index stride, const S* ds,
                              S* dv, S* dp, S* d_keys) {
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) {
      const S u = std::tanh(p[i] + keys[k * stride + i]);
      const S e = ds[k] * v[i] * (1 - u * u);
      dv[i] += ds[k] * u;
      dp[i] += e;
      d_keys[k * stride + i] += e;
    }
}

template <class S>
void weighted_sum(Index count, Index size, const S* w, const S* values, Index stride, S* c) {
  std::fill_n(c, size, S(0));
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) c[i] += w[k] * values[k * stride + i];
}
template <class S>
void weighted_sum_backward(Index count, Index size, const S* w, const S* values, Index stride, const S* dc, S* dw,
                           S* d_values) {
  dot_scores(count, size, S(1), dc, values, stride, dw);
  if (d_values == nullptr) return;
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) d_values[k * stride + i] += w[k] * dc[i];
}

// Recurrent cells. "Packed" weights are copies: W_x, W_h and the biases one after the other; for backward W_h alone.

template <class S>
void pack_copy(Index features, Index hidden, Index rows, const S* w_x, const S* w_h, const S* b, S* out) {
  out = std::copy_n(w_x, rows * features, out);
  out = std::copy_n(w_h, rows * hidden, out);
  std::copy_n(b, rows, out);
}

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

/// One element of W_x x + W_h h + b, from packed weights with `rows` rows. `h` may be null.
template <class S>
S pre_activation(const StepForward<S>& s, Index rows, Index row, const S* x, const S* h) {
  const S *w_x = s.weights, *w_h = w_x + rows * s.features, *b = w_h + rows * s.hidden;
  S sum = b[row];
  for (Index k = 0; k < s.features; ++k) sum += w_x[k * rows + row] * x[k];
  for (Index k = 0; h != nullptr && k < s.hidden; ++k) sum += w_h[k * rows + row] * h[k];
  return sum;
}

/// One element of W_h[first ... first + count]^T deltas
template <class S>
S back_projection(const StepBackward<S>& s, Index rows, Index first, Index count, Index unit, const S* deltas) {
  S sum = 0;
  for (Index k = 0; k < count; ++k) sum += s.weights[unit * rows + first + k] * deltas[k];
  return sum;
}

template <class S>
void keep_h(const StepForward<S>& s, Index at, S h) {
  s.h[at] = h;
  if (s.y != nullptr) s.y[at] = h;
}

template <class S>
void rnn_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(hidden * (features + hidden + 1));
  pack_copy(features, hidden, hidden, w_x, w_h, b, out.data());
}
template <class S>
void rnn_forward(const StepForward<S>& s) {
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S h = std::tanh(pre_activation(s, s.hidden, u, s.x + b * s.features, s.h_prev + b * s.hidden));
      keep_h(s, at, h);
      if (s.keeps) s.gates[at] = h;
    }
}
template <class S>
void rnn_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(hidden * hidden);
  std::copy_n(w_h, hidden * hidden, out.data());
}
template <class S>
void rnn_backward(const StepBackward<S>& s) {
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      S dh = s.dh[at];
      if (s.dy != nullptr) dh += s.dy[at];
      if (s.next_deltas != nullptr) dh += back_projection(s, s.hidden, 0, s.hidden, u, s.next_deltas + b * s.hidden);
      s.deltas[at] = dh * (1 - s.gates[at] * s.gates[at]);
      s.dh[at] = 0;
    }
}

template <class S>
void lstm_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(4 * hidden * (features + hidden + 1));
  pack_copy(features, hidden, 4 * hidden, w_x, w_h, b, out.data());
}
template <class S>
void lstm_forward(const StepForward<S>& s) {
  const Index rows = 4 * s.hidden;
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const auto a = [&](Index gate) {
        return pre_activation(s, rows, gate * s.hidden + u, s.x + b * s.features, s.h_prev + b * s.hidden);
      };
      const S i = sigmoid(a(0)), f = sigmoid(a(1)), g = std::tanh(a(2)), o = sigmoid(a(3));
      const S c = f * s.c_prev[at] + i * g, tanh_c = std::tanh(c);
      s.c[at] = c;
      keep_h(s, at, o * tanh_c);
      if (!s.keeps) continue;
      S* gates = s.gates + b * rows + u;
      gates[0] = i;
      gates[s.hidden] = f;
      gates[2 * s.hidden] = g;
      gates[3 * s.hidden] = o;
      s.saved[at] = tanh_c;
    }
}
template <class S>
void lstm_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(4 * hidden * hidden);
  std::copy_n(w_h, 4 * hidden * hidden, out.data());
}
template <class S>
void lstm_backward(const StepBackward<S>& s) {
  const Index rows = 4 * s.hidden;
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S* gates = s.gates + b * rows + u;
      S* deltas = s.deltas + b * rows + u;
      const S i = gates[0], f = gates[s.hidden], g = gates[2 * s.hidden], o = gates[3 * s.hidden];
      const S tanh_c = s.saved[at];
      S dh = s.dh[at];
      if (s.dy != nullptr) dh += s.dy[at];
      if (s.next_deltas != nullptr) dh += back_projection(s, rows, 0, rows, u, s.next_deltas + b * rows);
      const S dc = s.dc[at] + dh * o * (1 - tanh_c * tanh_c);
      deltas[0] = dc * g * i * (1 - i);
      deltas[s.hidden] = dc * s.c_prev[at] * f * (1 - f);
      deltas[2 * s.hidden] = dc * i * (1 - g * g);
      deltas[3 * s.hidden] = dh * tanh_c * o * (1 - o);
      s.dc[at] = dc * f;
      s.dh[at] = 0;
    }
}

template <class S>
void gru_after_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S* b_hn,
                    AlignedBuffer<S>& out) {
  out.resize(3 * hidden * (features + hidden + 1) + hidden);
  pack_copy(features, hidden, 3 * hidden, w_x, w_h, b, out.data());
  std::copy_n(b_hn, hidden, out.data() + 3 * hidden * (features + hidden + 1));
}
template <class S>
void gru_after_forward(const StepForward<S>& s) {
  const Index rows = 3 * s.hidden;
  const S* w_h = s.weights + rows * s.features;
  const S* b_hn = w_h + rows * (s.hidden + 1);
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S *x = s.x + b * s.features, *h_prev = s.h_prev + b * s.hidden, *no_h = nullptr;
      const S r = sigmoid(pre_activation(s, rows, u, x, h_prev));
      const S z = sigmoid(pre_activation(s, rows, s.hidden + u, x, h_prev));
      S q = b_hn[u];
      for (Index k = 0; k < s.hidden; ++k) q += w_h[k * rows + 2 * s.hidden + u] * h_prev[k];
      const S n = std::tanh(pre_activation(s, rows, 2 * s.hidden + u, x, no_h) + r * q);
      keep_h(s, at, (1 - z) * n + z * s.h_carried[at]);
      if (!s.keeps) continue;
      S* gates = s.gates + b * rows + u;
      gates[0] = r;
      gates[s.hidden] = z;
      gates[2 * s.hidden] = n;
      s.saved[at] = q;
    }
}

template <class S>
void gru_before_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(3 * hidden * (features + hidden + 1));
  pack_copy(features, hidden, 3 * hidden, w_x, w_h, b, out.data());
}
template <class S>
void gru_before_forward(const StepForward<S>& s) {
  const Index rows = 3 * s.hidden;
  for (Index b = 0; b < s.batch; ++b) {
    const S *x = s.x + b * s.features, *h_prev = s.h_prev + b * s.hidden;
    S *gates = s.gates + b * rows, *m = s.saved + b * s.hidden;
    for (Index u = 0; u < s.hidden; ++u) {
      gates[u] = sigmoid(pre_activation(s, rows, u, x, h_prev));
      gates[s.hidden + u] = sigmoid(pre_activation(s, rows, s.hidden + u, x, h_prev));
      m[u] = gates[u] * h_prev[u];
    }
    for (Index u = 0; u < s.hidden; ++u) {
      const S z = gates[s.hidden + u];
      const S n = std::tanh(pre_activation(s, rows, 2 * s.hidden + u, x, static_cast<const S*>(m)));
      gates[2 * s.hidden + u] = n;
      keep_h(s, b * s.hidden + u, (1 - z) * n + z * s.h_carried[b * s.hidden + u]);
    }
  }
}

template <class S>
void gru_after_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(3 * hidden * hidden);
  std::copy_n(w_h, 3 * hidden * hidden, out.data());
}
template <class S>
void gru_before_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(3 * hidden * hidden);
  std::copy_n(w_h, 3 * hidden * hidden, out.data());
}
template <class S>
void gru_after_backward(const StepBackward<S>& s) {
  const Index rows = 3 * s.hidden;
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S* gates = s.gates + b * rows + u;
      S* deltas = s.deltas + b * 4 * s.hidden + u;
      const S r = gates[0], z = gates[s.hidden], n = gates[2 * s.hidden], q = s.saved[at];
      S dh = s.dh[at];
      if (s.dy != nullptr) dh += s.dy[at];
      if (s.next_deltas != nullptr) {
        const S* next = s.next_deltas + b * 4 * s.hidden;
        dh += back_projection(s, rows, 0, 2 * s.hidden, u, next);
        dh += back_projection(s, rows, 2 * s.hidden, s.hidden, u, next + 3 * s.hidden);
      }
      const S da_n = dh * (1 - z) * (1 - n * n);
      deltas[0] = da_n * q * r * (1 - r);
      deltas[s.hidden] = dh * (s.h_carried[at] - n) * z * (1 - z);
      deltas[2 * s.hidden] = da_n;
      deltas[3 * s.hidden] = da_n * r;
      s.dh[at] = dh * z;
    }
}
template <class S>
void gru_before_backward(const StepBackward<S>& s) {
  const Index rows = 3 * s.hidden;
  for (Index b = 0; b < s.batch; ++b) {
    const S *gates = s.gates + b * rows, *h_prev = s.h_prev + b * s.hidden;
    S *deltas = s.deltas + b * 4 * s.hidden, *carried = s.dh + b * s.hidden;
    for (Index u = 0; u < s.hidden; ++u) {
      const S z = gates[s.hidden + u], n = gates[2 * s.hidden + u];
      S dh = carried[u];
      if (s.dy != nullptr) dh += s.dy[b * s.hidden + u];
      if (s.next_deltas != nullptr)
        dh += back_projection(s, rows, 0, 2 * s.hidden, u, s.next_deltas + b * 4 * s.hidden);
      deltas[s.hidden + u] = dh * (s.h_carried[b * s.hidden + u] - n) * z * (1 - z);
      deltas[2 * s.hidden + u] = dh * (1 - z) * (1 - n * n);
      carried[u] = dh * z;
    }
    for (Index u = 0; u < s.hidden; ++u) {
      const S r = gates[u];
      const S dm = back_projection(s, rows, 2 * s.hidden, s.hidden, u, static_cast<const S*>(deltas + 2 * s.hidden));
      deltas[u] = dm * h_prev[u] * r * (1 - r);
      carried[u] += s.mask == nullptr ? dm * r : s.mask[b * s.hidden + u] * dm * r;
    }
  }
}

}  // namespace tsattn::kernels::reference

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
