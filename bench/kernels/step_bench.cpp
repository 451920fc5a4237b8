// One time step of every recurrent cell, forward (and what backward reads is kept) and backward. FLOPS is the nominal
// work of the products, 2 G H (F + H) B forward and 2 G H H B backward with G gate blocks; its time is that of the
// whole step, activations included. The weights were packed before.

#include <cmath>

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/kernels/gru/gru.hpp>
#include <tsattn/kernels/lstm/lstm.hpp>
#include <tsattn/kernels/rnn/rnn.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

struct RnnStep {
  static constexpr Index kGates = 1, kDeltas = 1;
  static constexpr auto kPack = kernels::rnn_pack<float>;
  static constexpr auto kForward = kernels::rnn_forward<float>;
  static constexpr auto kPackBackward = kernels::rnn_pack_backward<float>;
  static constexpr auto kBackward = kernels::rnn_backward<float>;
};

struct LstmStep {
  static constexpr Index kGates = 4, kDeltas = 4;
  static constexpr auto kPack = kernels::lstm_pack<float>;
  static constexpr auto kForward = kernels::lstm_forward<float>;
  static constexpr auto kPackBackward = kernels::lstm_pack_backward<float>;
  static constexpr auto kBackward = kernels::lstm_backward<float>;
};

struct GruAfterStep {
  static constexpr Index kGates = 3, kDeltas = 4;
  static constexpr auto kPack = [](Index features, Index hidden, const float* w_x, const float* w_h, const float* b,
                                   kernels::PackedWeights<float>& out) {
    kernels::gru_after_pack(features, hidden, w_x, w_h, b, /*b_hn=*/b, out);
  };
  static constexpr auto kForward = kernels::gru_after_forward<float>;
  static constexpr auto kPackBackward = kernels::gru_after_pack_backward<float>;
  static constexpr auto kBackward = kernels::gru_after_backward<float>;
};

struct GruBeforeStep {
  static constexpr Index kGates = 3, kDeltas = 4;
  static constexpr auto kPack = kernels::gru_before_pack<float>;
  static constexpr auto kForward = kernels::gru_before_forward<float>;
  static constexpr auto kPackBackward = kernels::gru_before_pack_backward<float>;
  static constexpr auto kBackward = kernels::gru_before_backward<float>;
};

constexpr Index kFeatures = 14;

template <class Cell>
struct Setup {
  explicit Setup(const benchmark::State& state)
      : hidden(state.range(0)),
        batch(state.range(1)),
        x(bench::random_values(kFeatures * batch)),
        h_prev(bench::random_values(hidden * batch)),
        c_prev(bench::random_values(hidden * batch)),
        h(hidden * batch),
        c(hidden * batch),
        y(hidden * batch),
        gates(Cell::kGates * hidden * batch),
        saved(hidden * batch),
        dy(bench::random_values(hidden * batch)),
        next_deltas(bench::random_values(Cell::kDeltas * hidden * batch)),
        dh(hidden * batch),
        dc(hidden * batch),
        deltas(Cell::kDeltas * hidden * batch) {
    const double bound = 1 / std::sqrt(static_cast<double>(hidden));
    const Index rows = Cell::kGates * hidden;
    const auto w_x = bench::random_values(rows * kFeatures, -bound, bound);
    const auto w_h = bench::random_values(rows * hidden, -bound, bound);
    const auto b = bench::random_values(rows, -bound, bound);
    Cell::kPack(kFeatures, hidden, w_x.data(), w_h.data(), b.data(), weights);
    Cell::kPackBackward(hidden, w_h.data(), backward_weights);
  }

  void forward() {
    Cell::kForward(weights.instruction_set, {.features = kFeatures,
                                             .hidden = hidden,
                                             .batch = batch,
                                             .weights = weights.values.data(),
                                             .x = x.data(),
                                             .h_prev = h_prev.data(),
                                             .h_carried = h_prev.data(),
                                             .c_prev = c_prev.data(),
                                             .h = h.data(),
                                             .c = c.data(),
                                             .y = y.data(),
                                             .keeps = true,
                                             .gates = gates.data(),
                                             .saved = saved.data()});
  }

  void backward() {
    Cell::kBackward(backward_weights.instruction_set, {.hidden = hidden,
                                                       .batch = batch,
                                                       .weights = backward_weights.values.data(),
                                                       .gates = gates.data(),
                                                       .saved = saved.data(),
                                                       .h_prev = h_prev.data(),
                                                       .h_carried = h_prev.data(),
                                                       .mask = nullptr,
                                                       .c_prev = c_prev.data(),
                                                       .dy = dy.data(),
                                                       .next_deltas = next_deltas.data(),
                                                       .dh = dh.data(),
                                                       .dc = dc.data(),
                                                       .deltas = deltas.data()});
  }

  Index hidden, batch;
  kernels::PackedWeights<float> weights, backward_weights;
  AlignedBuffer<float> x, h_prev, c_prev, h, c, y, gates, saved, dy, next_deltas, dh, dc, deltas;
};

template <class Cell>
void forward(benchmark::State& state) {
  Setup<Cell> setup(state);
  const Index operations = 2 * Cell::kGates * setup.hidden * (kFeatures + setup.hidden) * setup.batch;
  bench::run(state, operations, [&setup] { setup.forward(); });
}

template <class Cell>
void backward(benchmark::State& state) {
  Setup<Cell> setup(state);
  setup.forward();
  const Index operations = 2 * Cell::kGates * setup.hidden * setup.hidden * setup.batch;
  bench::run(state, operations, [&setup] { setup.backward(); });
}

void sizes(bench::Registered* benchmark) { benchmark->ArgNames({"H", "B"})->ArgsProduct({{32, 64, 256}, {1, 8, 32}}); }

BENCHMARK(forward<RnnStep>)->Apply(sizes);
BENCHMARK(forward<LstmStep>)->Apply(sizes);
BENCHMARK(forward<GruAfterStep>)->Apply(sizes);
BENCHMARK(forward<GruBeforeStep>)->Apply(sizes);
BENCHMARK(backward<RnnStep>)->Apply(sizes);
BENCHMARK(backward<LstmStep>)->Apply(sizes);
BENCHMARK(backward<GruAfterStep>)->Apply(sizes);
BENCHMARK(backward<GruBeforeStep>)->Apply(sizes);

}  // namespace
