#include <algorithm>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/gru/gru.hpp>
#include <tsattn/kernels/lstm/lstm.hpp>
#include <tsattn/kernels/rnn/rnn.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using kernels::PackedWeights, kernels::StepBackward, kernels::StepForward;
using test::GuardedArray, test::InstructionSetScope, test::Layout, test::on_each_instruction_set, test::Outputs;

/// The kernels of one recurrent cell. The matrices are [gates H, ...], saved is [saved H, B], deltas [deltas H, B].
template <class S>
struct Cell {
  const char* name;
  Index gates, saved, deltas;
  bool has_c;
  Index assigned_deltas;  // of the blocks of the deltas; the others are neither read nor written
  void (*pack)(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S* b_hn,
               PackedWeights<S>& out);
  void (*forward)(InstructionSet packed_for, const StepForward<S>& step);
  void (*pack_backward)(Index hidden, const S* w_h, PackedWeights<S>& out);
  void (*backward)(InstructionSet packed_for, const StepBackward<S>& step);
};

template <class S>
std::vector<Cell<S>> cells() {
  using Out = PackedWeights<S>;
  return {{"rnn", 1, 0, 1, false, 1,
           [](Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S*, Out& out) {
             kernels::rnn_pack(features, hidden, w_x, w_h, b, out);
           },
           kernels::rnn_forward<S>, kernels::rnn_pack_backward<S>, kernels::rnn_backward<S>},
          {"lstm", 4, 1, 4, true, 4,
           [](Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S*, Out& out) {
             kernels::lstm_pack(features, hidden, w_x, w_h, b, out);
           },
           kernels::lstm_forward<S>, kernels::lstm_pack_backward<S>, kernels::lstm_backward<S>},
          {"gru_after", 3, 1, 4, false, 4, kernels::gru_after_pack<S>, kernels::gru_after_forward<S>,
           kernels::gru_after_pack_backward<S>, kernels::gru_after_backward<S>},
          {"gru_before", 3, 1, 4, false, 3,
           [](Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S*, Out& out) {
             kernels::gru_before_pack(features, hidden, w_x, w_h, b, out);
           },
           kernels::gru_before_forward<S>, kernels::gru_before_pack_backward<S>, kernels::gru_before_backward<S>}};
}

/// Packed weights with nothing but a guard around them.
template <class S>
struct GuardedWeights {
  InstructionSet instruction_set;
  GuardedArray<S> values;

  explicit GuardedWeights(const PackedWeights<S>& packed)
      : instruction_set(packed.instruction_set), values(packed.values.size()) {
    std::copy_n(packed.values.data(), packed.values.size(), values.data());
  }
};

/// Divides by the number of terms that a product with these weights adds: so a sum is at most 1.05^2, whatever the
/// sizes, and no gate is saturated.
template <class S>
void divide(GuardedArray<S>& weights, Index terms) {
  weights.for_each([&](S& weight) { weight /= static_cast<S>(terms); });
}

/// A step forward: its inputs, and what its outputs hold before.
template <class S>
struct Forward {
  Cell<S> cell;
  Index features, hidden, batch;
  bool keeps, has_y;
  Random random{1};
  GuardedArray<S> w_x, w_h, b, b_hn, x, h_prev, h_carried, c_prev, state, gates, saved;

  Forward(const Cell<S>& of, Index f, Index h, Index n, bool is_kept, bool gives_y, const Layout& layout)
      : cell(of),
        features(f),
        hidden(h),
        batch(n),
        keeps(is_kept),
        has_y(gives_y),
        w_x(cell.gates * h, f, {}, random),
        w_h(cell.gates * h, h, {}, random),
        b(cell.gates * h, 1, layout, random),
        b_hn(h, 1, layout, random),
        x(f, n, {0, layout.tail}, random),
        h_prev(h, n, {0, layout.tail}, random),
        h_carried(h, n, {0, layout.tail}, random),
        c_prev(h, n, {0, layout.tail}, random),
        state(h, n, {0, layout.tail}),
        gates(cell.gates * h, n, {0, layout.tail}),
        saved(cell.saved * h, n, {0, layout.tail}) {
    divide(w_x, f + h);
    divide(w_h, f + h);
  }

  GuardedWeights<S> pack() const {
    PackedWeights<S> packed;
    cell.pack(features, hidden, w_x.data(), w_h.data(), b.data(), b_hn.data(), packed);
    return GuardedWeights<S>(packed);
  }

  /// h, y, c, gates and saved, computed in calls for `columns` columns each.
  Outputs<S> run(const GuardedWeights<S>& weights, Index columns) const {
    Outputs<S> outputs{state, state, state, gates, saved};
    for (Index col = 0; col < batch; col += columns)
      cell.forward(weights.instruction_set, {.features = features,
                                             .hidden = hidden,
                                             .batch = columns,
                                             .weights = weights.values.data(),
                                             .x = x.run(col),
                                             .h_prev = h_prev.run(col),
                                             .h_carried = h_carried.run(col),
                                             .c_prev = cell.has_c ? c_prev.run(col) : nullptr,
                                             .h = outputs[0].run(col),
                                             .c = cell.has_c ? outputs[2].run(col) : nullptr,
                                             .y = has_y ? outputs[1].run(col) : nullptr,
                                             .keeps = keeps,
                                             .gates = outputs[3].run(col),
                                             .saved = cell.saved > 0 ? outputs[4].run(col) : nullptr});
    return outputs;
  }
  Outputs<S> run() const { return run(pack(), batch); }

  /// In units of eps / 2, first for one computation. A pre-activation sums F + H terms, at most 1.05^2 together, on a
  /// bias of at most 1.05: it errs by E = 2.2 (F + H + 2), the last for products that are not fused. sigmoid (slope 1 /
  /// 4) and tanh (slope 1) add 4 ULP, at most 8. The worst of the four cells' results is then h of the GRU with the
  /// reset after the product: r errs by E / 4 + 8, q <= 2.2 by E, so r q by 1.55 E + 20, n by 2.55 E + 33, and h = (1 -
  /// z) n + z h_carried by 3.1 E + 56. (LSTM: c by 1.6 E + 16, h by 2 E + 26; GRU with the reset before the product: m
  /// by 0.3 E + 10, h by 1.9 E + 42.) The plain loops may err as much the other way.
  double tolerance() const {
    return test::epsilon<S>() * (3.1 * 2.2 * static_cast<double>(features + hidden + 2) + 60);
  }
};

/// A step backward: its inputs, and what its outputs hold before. Gates are any numbers: backward is polynomials in
/// them.
template <class S>
struct Backward {
  Cell<S> cell;
  Index hidden, batch;
  bool has_dy, has_next;
  Random random{2};
  GuardedArray<S> w_h, gates, saved, h_prev, h_carried, mask, c_prev, dy, next_deltas, dh, dc, deltas;

  Backward(const Cell<S>& of, Index h, Index n, bool gets_dy, bool is_not_last, const Layout& layout)
      : cell(of),
        hidden(h),
        batch(n),
        has_dy(gets_dy),
        has_next(is_not_last),
        w_h(cell.gates * h, h, {}, random),
        gates(cell.gates * h, n, {0, layout.tail}, random),
        saved(cell.saved * h, n, {0, layout.tail}, random),
        h_prev(h, n, {0, layout.tail}, random),
        h_carried(h, n, {0, layout.tail}, random),
        mask(h, n, {0, layout.tail}, random),
        c_prev(h, n, {0, layout.tail}, random),
        dy(h, n, {0, layout.tail}, random),
        next_deltas(cell.deltas * h, n, {0, layout.tail}, random),
        dh(h, n, {0, layout.tail}, random),
        dc(h, n, {0, layout.tail}, random),
        deltas(cell.deltas * h, n, {0, layout.tail}) {
    divide(w_h, cell.gates * h);
    for (Index col = 0; col < n; ++col)
      std::fill(next_deltas.run(col) + cell.assigned_deltas * h, next_deltas.run(col) + cell.deltas * h,
                std::numeric_limits<S>::quiet_NaN());
  }

  GuardedWeights<S> pack() const {
    PackedWeights<S> packed;
    cell.pack_backward(hidden, w_h.data(), packed);
    return GuardedWeights<S>(packed);
  }

  /// dh, dc and deltas, computed in calls for `columns` columns each.
  Outputs<S> run(const GuardedWeights<S>& weights, Index columns) const {
    Outputs<S> outputs{dh, dc, deltas};
    for (Index col = 0; col < batch; col += columns)
      cell.backward(weights.instruction_set, {.hidden = hidden,
                                              .batch = columns,
                                              .weights = weights.values.data(),
                                              .gates = gates.run(col),
                                              .saved = cell.saved > 0 ? saved.run(col) : nullptr,
                                              .h_prev = h_prev.run(col),
                                              .h_carried = h_carried.run(col),
                                              .mask = has_dy && !has_next ? mask.run(col) : nullptr,
                                              .c_prev = cell.has_c ? c_prev.run(col) : nullptr,
                                              .dy = has_dy ? dy.run(col) : nullptr,
                                              .next_deltas = has_next ? next_deltas.run(col) : nullptr,
                                              .dh = outputs[0].run(col),
                                              .dc = cell.has_c ? outputs[1].run(col) : nullptr,
                                              .deltas = outputs[2].run(col)});
    return outputs;
  }
  Outputs<S> run() const { return run(pack(), batch); }

  /// In units of eps / 2, first for one computation. dh_t sums G H terms, at most 1.05^2 together, with dh and dy: it
  /// is below 3.2 and errs by E = 3.2 (G H + 4), for the products that are not fused and the two additions. What
  /// follows multiplies it with up to four factors: 1 - z (up to 2.05), 1 - n^2 (up to 1), q (1.05) and r (1 - r) (up
  /// to 2.16) in da_r of the GRU with the reset after the product, the largest of all results: 4.65 E, and at most 12
  /// roundings of numbers up to 4.65 * 3.2. The plain loops may err as much the other way.
  double tolerance() const {
    return test::epsilon<S>() * 4.65 * 3.2 * static_cast<double>(cell.gates * hidden + 4 + 12);
  }
};

constexpr Index kFeatures[] = {1, 5, 14};
constexpr Index kHidden[] = {1, 5, 17, 63, 65, 100};
constexpr Index kBatches[] = {1, 2, 7, 33};

/// Calls visit(cell, hidden, batch, first option, second option, layout) for all cells, sizes and pairs of options.
template <class S, class Visit>
void for_each_step(const Visit& visit) {
  for (const Cell<S>& cell : cells<S>())
    for (const Index hidden : kHidden)
      for (const Index batch : kBatches)
        for (const int options : {0, 1, 2, 3}) {
          const bool first = options % 2 != 0, second = options / 2 != 0;
          INFO(cell.name, ", hidden ", hidden, ", batch ", batch, ", options ", first, ' ', second);
          visit(cell, hidden, batch, first, second, Layout{0, first ? 1 : 0});
        }
}

TEST_CASE_TEMPLATE("a step forward agrees with the plain loops and touches nothing else", S, float, double) {
  for_each_step<S>([](const Cell<S>& cell, Index hidden, Index batch, bool keeps, bool has_y, const Layout& layout) {
    for (const Index features : kFeatures) {
      CAPTURE(features);
      const Forward<S> step(cell, features, hidden, batch, keeps, has_y, layout);
      test::check_kernel<S>(step.tolerance(), [&] { return step.run(); });
    }
  });
}

TEST_CASE_TEMPLATE("y is h, and whether a step keeps what backward reads changes no bit of h", S, float, double) {
  for (const Cell<S>& cell : cells<S>())
    for (const Index hidden : kHidden) {
      INFO(cell.name, ", hidden ", hidden);
      const Forward<S> kept(cell, 5, hidden, 7, true, true, {});
      on_each_instruction_set([&] {
        const Outputs<S> outputs = kept.run();
        CHECK(outputs[1].same_bits(outputs[0]));
        Forward<S> forgotten = kept;
        forgotten.keeps = forgotten.has_y = false;
        const Outputs<S> others = forgotten.run();
        CHECK(others[0].same_bits(outputs[0]));
        CHECK(others[1].same_bits(kept.state));
        CHECK(others[2].same_bits(outputs[2]));
      });
    }
}

TEST_CASE_TEMPLATE("a step backward agrees with the plain loops and touches nothing else", S, float, double) {
  for_each_step<S>(
      [](const Cell<S>& cell, Index hidden, Index batch, bool has_dy, bool has_next, const Layout& layout) {
        const Backward<S> step(cell, hidden, batch, has_dy, has_next, layout);
        test::check_kernel<S>(step.tolerance(), [&] { return step.run(); });
      });
}

TEST_CASE_TEMPLATE("a step of a batch is the steps of its columns one by one, bit for bit", S, float, double) {
  for_each_step<S>([](const Cell<S>& cell, Index hidden, Index batch, bool first, bool second, const Layout& layout) {
    const Forward<S> forward(cell, 5, hidden, batch, first, second, layout);
    const Backward<S> backward(cell, hidden, batch, first, second, layout);
    on_each_instruction_set([&] {
      const GuardedWeights<S> weights = forward.pack(), backward_weights = backward.pack();
      CHECK(same_bits(forward.run(weights, 1), forward.run(weights, batch)));
      CHECK(same_bits(backward.run(backward_weights, 1), backward.run(backward_weights, batch)));
    });
  });
}

TEST_CASE("packed weights stay with the instruction set that they were packed for") {
  for (const Cell<float>& cell : cells<float>()) {
    INFO(cell.name);
    const Forward<float> forward(cell, 5, 17, 7, true, true, {});
    const Backward<float> backward(cell, 17, 7, true, true, {});
    for (const InstructionSet set : test::available_instruction_sets()) {
      CAPTURE(name_of(set));
      const InstructionSetScope scope(set);
      const GuardedWeights<float> weights = forward.pack(), backward_weights = backward.pack();
      CHECK(weights.instruction_set == set);
      CHECK(backward_weights.instruction_set == set);
      const Outputs<float> h = forward.run(weights, 7), dh = backward.run(backward_weights, 7);
      on_each_instruction_set([&] {
        CHECK(same_bits(forward.run(weights, 7), h));
        CHECK(same_bits(backward.run(backward_weights, 7), dh));
      });
    }
  }
}

}  // namespace
