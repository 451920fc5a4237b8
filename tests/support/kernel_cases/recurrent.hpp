#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>

#include "support/kernel_cases/gradient_case.hpp"
#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

/// The kernels of one recurrent cell. The matrices are [gates H, ...], saved is [saved H, B], deltas [deltas H, B].
template <class S>
struct Cell {
  std::string name;
  Index gates, saved, deltas;
  Index assigned_deltas;  // of the blocks of the deltas; the others are neither read nor written
  bool has_c = false;     // LSTM
  bool has_b_hn = false;  // GRU, reset after the product: W_hn h has a bias and a delta, the last, of its own
  bool n_multiplies_saved =
      false;  // GRU, reset before the product: W_hn multiplies m, and backward takes it back to dh
  void (*pack)(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S* b_hn,
               kernels::PackedWeights<S>& out);
  void (*forward)(InstructionSet packed_for, const kernels::StepForward<S>& step);
  void (*pack_backward)(Index hidden, const S* w_h, kernels::PackedWeights<S>& out);
  void (*backward)(InstructionSet packed_for, const kernels::StepBackward<S>& step);
};

template <class S>
KernelCall<S> step_forward(const Cell<S>& cell, const Sizes& sizes) {
  const Index features = sizes["features"], hidden = sizes["hidden"], batch = sizes["batch"];
  const bool keeps = sizes["keeps"] != 0, has_y = sizes["has_y"] != 0;
  // A sum of F + H terms is at most 1.05^2 so, whatever the sizes, and no gate is saturated.
  const double scale = 1 / static_cast<double>(features + hidden);
  enum : std::size_t { kWX, kWH, kB, kBHn, kX, kHPrev, kHCarried, kCPrev, kH, kY, kC, kGates, kSaved };
  const auto run = [=](Memory<S>& m, Index columns, bool is_kept, bool gives_y) {
    for (Index col = 0; col < batch; col += columns)
      cell.forward(m.packed_for, {.features = features,
                                  .hidden = hidden,
                                  .batch = columns,
                                  .weights = m.weights,
                                  .x = m.run(kX, col),
                                  .h_prev = m.run(kHPrev, col),
                                  .h_carried = m.run(kHCarried, col),
                                  .c_prev = cell.has_c ? m.run(kCPrev, col) : nullptr,
                                  .h = m.run(kH, col),
                                  .c = cell.has_c ? m.run(kC, col) : nullptr,
                                  .y = gives_y ? m.run(kY, col) : nullptr,
                                  .keeps = is_kept,
                                  .gates = m.run(kGates, col),
                                  .saved = cell.saved > 0 ? m.run(kSaved, col) : nullptr});
  };
  KernelCall<S> call{
      .operands = {scaled(read(cell.gates * hidden, features), scale), scaled(read(cell.gates * hidden, hidden), scale),
                   read(cell.gates * hidden), read(hidden), read(features, batch), read(hidden, batch),
                   read(hidden, batch), read(hidden, batch), assigned(hidden, batch), assigned(hidden, batch),
                   assigned(hidden, batch), assigned(cell.gates * hidden, batch), assigned(cell.saved * hidden, batch)},
      // In units of eps / 2, first for one computation. A pre-activation sums F + H terms, at most 1.05^2 together, on
      // a bias of at most 1.05: it errs by E = 2.2 (F + H + 2), the last for products that are not fused. sigmoid
      // (slope 1 / 4) and tanh (slope 1) add 4 ULP, at most 8. The worst of the four cells' results is then h of the
      // GRU with the reset after the product: r errs by E / 4 + 8, q <= 2.2 by E, so r q by 1.55 E + 20, n by 2.55 E +
      // 33, and h = (1 - z) n + z h_carried by 3.1 E + 56. (LSTM: c by 1.6 E + 16, h by 2 E + 26; GRU with the reset
      // before the product: m by 0.3 E + 10, h by 1.9 E + 42.) The plain loops may err as much the other way.
      .tolerance = epsilon<S>() * (3.1 * 2.2 * static_cast<double>(features + hidden + 2) + 60),
      .pack =
          [=](const Memory<S>& m, kernels::PackedWeights<S>& packed) {
            cell.pack(features, hidden, m[kWX], m[kWH], m[kB], m[kBHn], packed);
          },
      .run = [=](Memory<S>& m) { run(m, batch, keeps, has_y); },
      .same_bits = {[=](Memory<S>& m) { run(m, 1, keeps, has_y); }},
      .work = {.operations = 2 * cell.gates * hidden * (features + hidden) * batch}};
  if (keeps)  // what a step keeps changes no bit of h and c
    call.same_bits.push_back([=](Memory<S>& m) {
      run(m, batch, true, has_y);
      std::fill_n(m[kH], hidden * batch, std::numeric_limits<S>::quiet_NaN());
      if (cell.has_c) std::fill_n(m[kC], hidden * batch, std::numeric_limits<S>::quiet_NaN());
      run(m, batch, false, false);
    });
  if (has_y) call.holds = [=](const Memory<S>& m) { return std::equal(m[kH], m[kH] + hidden * batch, m[kY]); };
  return call;
}

/// Gates are any numbers: backward is polynomials in them.
template <class S>
KernelCall<S> step_backward(const Cell<S>& cell, const Sizes& sizes) {
  const Index hidden = sizes["hidden"], batch = sizes["batch"];
  const bool has_dy = sizes["has_dy"] != 0, has_next = sizes["has_next"] != 0;
  const double scale = 1 / static_cast<double>(cell.gates * hidden);
  enum : std::size_t { kWH, kGates, kSaved, kHPrev, kHCarried, kMask, kCPrev, kDy, kNextDeltas, kDh, kDc, kDeltas };
  const auto run = [=](Memory<S>& m, Index columns) {
    for (Index col = 0; col < batch; col += columns)
      cell.backward(m.packed_for, {.hidden = hidden,
                                   .batch = columns,
                                   .weights = m.weights,
                                   .gates = m.run(kGates, col),
                                   .saved = cell.saved > 0 ? m.run(kSaved, col) : nullptr,
                                   .h_prev = m.run(kHPrev, col),
                                   .h_carried = m.run(kHCarried, col),
                                   .mask = has_dy && !has_next ? m.run(kMask, col) : nullptr,
                                   .c_prev = cell.has_c ? m.run(kCPrev, col) : nullptr,
                                   .dy = has_dy ? m.run(kDy, col) : nullptr,
                                   .next_deltas = has_next ? m.run(kNextDeltas, col) : nullptr,
                                   .dh = m.run(kDh, col),
                                   .dc = cell.has_c ? m.run(kDc, col) : nullptr,
                                   .deltas = m.run(kDeltas, col)});
  };
  return {.operands = {scaled(read(cell.gates * hidden, hidden), scale), read(cell.gates * hidden, batch),
                       read(cell.saved * hidden, batch), read(hidden, batch), read(hidden, batch), read(hidden, batch),
                       read(hidden, batch), read(hidden, batch),
                       with_values(read(cell.deltas * hidden, batch), cell.assigned_deltas * hidden),
                       changed(hidden, batch), changed(hidden, batch), assigned(cell.deltas * hidden, batch)},
          // In units of eps / 2, first for one computation. dh_t sums G H terms, at most 1.05^2 together, with dh and
          // dy: it is below 3.2 and errs by E = 3.2 (G H + 4), for the products that are not fused and the two
          // additions. What follows multiplies it with up to four factors: 1 - z (up to 2.05), 1 - n^2 (up to 1), q
          // (1.05) and r (1 - r) (up to 2.16) in da_r of the GRU with the reset after the product, the largest of all
          // results: 4.65 E, and at most 12 roundings of numbers up to 4.65 * 3.2. The plain loops may err as much the
          // other way.
          .tolerance = epsilon<S>() * 4.65 * 3.2 * static_cast<double>(cell.gates * hidden + 4 + 12),
          .pack = [=](const Memory<S>& m,
                      kernels::PackedWeights<S>& packed) { cell.pack_backward(hidden, m[kWH], packed); },
          .run = [=](Memory<S>& m) { run(m, batch); },
          .same_bits = {[=](Memory<S>& m) { run(m, 1); }},
          .work = {.operations = 2 * cell.gates * hidden * hidden * batch}};
}

template <class S>
KernelCases<S> cell_cases(const Cell<S>& cell) {
  const std::vector<Index> hidden{1, 5, 17, 63, 65, 100}, batches{1, 2, 7, 33};
  const std::vector<Index> hidden_measured{32, 64, 256}, batches_measured{1, 8, 32};
  return {
      {cell.name + "_forward", cell.name + "_pack",
       grid({{"features", {1, 5, 14}}, {"hidden", hidden}, {"batch", batches}, {"keeps", {0, 1}}, {"has_y", {0, 1}}}),
       grid({{"features", {14}},
             {"hidden", hidden_measured},
             {"batch", batches_measured},
             {"keeps", {1}},
             {"has_y", {1}}}),
       [=](const Sizes& sizes) { return step_forward(cell, sizes); }},
      {cell.name + "_backward", cell.name + "_pack_backward",
       grid({{"hidden", hidden}, {"batch", batches}, {"has_dy", {0, 1}}, {"has_next", {0, 1}}}),
       grid({{"hidden", hidden_measured}, {"batch", batches_measured}, {"has_dy", {1}}, {"has_next", {1}}}),
       [=](const Sizes& sizes) { return step_backward(cell, sizes); }}};
}

/// Three steps of a cell forward and backward, or one step with a mask of dropped states, as a function of the weights,
/// the inputs and the state before.
class UnrolledCell {
 public:
  using Point = std::vector<Values>;

  UnrolledCell(const Cell<double>& cell, bool has_mask) : cell_(cell), steps_(has_mask ? 1 : 3) {
    if (has_mask) mask_ = {0, 2, 2, 2, 0, 2};
  }

  GradientCase as_case() const {
    return {cell_.name + "_forward",
            cell_.name + "_backward",
            {kRows() * kF, kRows() * kH, kRows(), kH, steps_ * kF * kB, kH * kB, kH * kB},
            steps_ * kH * kB + kH * kB,
            [*this](const Point& at) { return run(at).outputs; },
            [*this](const Point& at, const Values& d_outputs) { return gradient(at, d_outputs); }};
  }

 private:
  static constexpr Index kF = 2, kH = 3, kB = 2;
  enum : std::size_t { kWX, kWH, kBias, kBHn, kX, kH0, kC0 };

  /// What the steps left, one after the other.
  struct Run {
    Values h_prev, h_carried, c, gates, saved;  // c has one step more: what was before the first
    Values outputs;                             // h of all steps, and c of the last
  };

  Index kRows() const { return cell_.gates * kH; }
  static double* at(Values& values, Index i) { return values.data() + i; }
  static const double* at(const Values& values, Index i) { return values.data() + i; }

  Run run(const Point& point) const {
    Run run{zeros(steps_ * kH * kB),      zeros(steps_ * kH * kB), zeros((steps_ + 1) * kH * kB),
            zeros(steps_ * kRows() * kB), zeros(steps_ * kH * kB), zeros((steps_ + 1) * kH * kB)};
    kernels::PackedWeights<double> packed;
    cell_.pack(kF, kH, point[kWX].data(), point[kWH].data(), point[kBias].data(), point[kBHn].data(), packed);
    std::copy(point[kC0].begin(), point[kC0].end(), run.c.begin());
    for (Index t = 0; t < steps_; ++t) {
      const Index state = t * kH * kB;
      const double* h = t == 0 ? point[kH0].data() : at(run.outputs, state - kH * kB);
      for (Index i = 0; i < kH * kB; ++i) {
        *at(run.h_carried, state + i) = h[i];
        *at(run.h_prev, state + i) = mask_.empty() ? h[i] : *at(mask_, i) * h[i];
      }
      cell_.forward(packed.instruction_set, {.features = kF,
                                             .hidden = kH,
                                             .batch = kB,
                                             .weights = packed.values.data(),
                                             .x = at(point[kX], t * kF * kB),
                                             .h_prev = at(run.h_prev, state),
                                             .h_carried = at(run.h_carried, state),
                                             .c_prev = cell_.has_c ? at(run.c, state) : nullptr,
                                             .h = at(run.outputs, state),
                                             .c = cell_.has_c ? at(run.c, state + kH * kB) : nullptr,
                                             .y = nullptr,
                                             .keeps = true,
                                             .gates = at(run.gates, t * kRows() * kB),
                                             .saved = at(run.saved, state)});
    }
    if (cell_.has_c) std::copy_n(at(run.c, steps_ * kH * kB), kH * kB, at(run.outputs, steps_ * kH * kB));
    return run;
  }

  Point gradient(const Point& point, const Values& d_outputs) const {
    const Run forward = run(point);
    Point d;
    for (const Values& values : point) d.push_back(zeros(static_cast<Index>(values.size())));
    kernels::PackedWeights<double> packed;
    cell_.pack_backward(kH, point[kWH].data(), packed);
    const Index delta_rows = cell_.deltas * kH;
    Values deltas = zeros(steps_ * delta_rows * kB), dh = zeros(kH * kB), dc = zeros(kH * kB);
    if (cell_.has_c) std::copy_n(at(d_outputs, steps_ * kH * kB), kH * kB, dc.data());
    for (Index t = steps_ - 1; t >= 0; --t) {
      const Index state = t * kH * kB;
      cell_.backward(packed.instruction_set,
                     {.hidden = kH,
                      .batch = kB,
                      .weights = packed.values.data(),
                      .gates = at(forward.gates, t * kRows() * kB),
                      .saved = at(forward.saved, state),
                      .h_prev = at(forward.h_prev, state),
                      .h_carried = at(forward.h_carried, state),
                      .mask = mask_.empty() ? nullptr : mask_.data(),
                      .c_prev = cell_.has_c ? at(forward.c, state) : nullptr,
                      .dy = at(d_outputs, state),
                      .next_deltas = t + 1 < steps_ ? at(deltas, (t + 1) * delta_rows * kB) : nullptr,
                      .dh = dh.data(),
                      .dc = cell_.has_c ? dc.data() : nullptr,
                      .deltas = at(deltas, t * delta_rows * kB)});
      for (Index b = 0; b < kB; ++b) add_step(point, forward, t, b, at(deltas, (t * kB + b) * delta_rows), t == 0, d);
    }
    for (Index i = 0; i < kH * kB; ++i) *at(d[kH0], i) += *at(dh, i);
    if (cell_.has_c) d[kC0] = dc;
    return d;
  }

  /// What the deltas of one sample's step say of the weights and of its input, and of the first step's of h before it,
  /// as the layer's products do.
  void add_step(const Point& point, const Run& forward, Index t, Index b, const double* deltas, bool is_first,
                Point& d) const {
    const double* x = at(point[kX], (t * kB + b) * kF);
    const double* h_prev = at(forward.h_prev, (t * kB + b) * kH);
    const double* saved = at(forward.saved, (t * kB + b) * kH);
    for (Index row = 0; row < kRows(); ++row) {
      const bool is_n = row >= 2 * kH;
      for (Index k = 0; k < kF; ++k) {
        *at(d[kWX], k * kRows() + row) += deltas[row] * x[k];
        *at(d[kX], (t * kB + b) * kF + k) += deltas[row] * *at(point[kWX], k * kRows() + row);
      }
      *at(d[kBias], row) += deltas[row];
      const double of_h = cell_.has_b_hn && is_n ? deltas[row + kH] : deltas[row];
      if (cell_.has_b_hn && is_n) *at(d[kBHn], row - 2 * kH) += of_h;
      for (Index k = 0; k < kH; ++k) {
        const bool is_saved = cell_.n_multiplies_saved && is_n;
        *at(d[kWH], k * kRows() + row) += of_h * (is_saved ? saved[k] : h_prev[k]);
        if (is_first && !is_saved)
          *at(d[kH0], b * kH + k) +=
              (mask_.empty() ? 1 : *at(mask_, b * kH + k)) * of_h * *at(point[kWH], k * kRows() + row);
      }
    }
  }

  Cell<double> cell_;
  Index steps_;
  Values mask_;  // [H, B], or empty
};

inline std::vector<GradientCase> cell_gradients(const Cell<double>& cell) {
  return {UnrolledCell(cell, false).as_case(), UnrolledCell(cell, true).as_case()};
}

}  // namespace tsattn::test
