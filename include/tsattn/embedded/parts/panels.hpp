#ifndef TSATTN_EMBEDDED_PARTS_PANELS_HPP
#define TSATTN_EMBEDDED_PARTS_PANELS_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/dot.hpp>
#include <tsattn/embedded/parts/format.hpp>
#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// How the weights of units lie that have a row in each of kGates gates, and how their sums are computed. One panel of
/// up to kPanelUnits units after the other; with N units in the panel, N numbers each:
///
///   start of gate 0 | of gate 1 | ... | column 0 of W_x: gate 0 | gate 1 | ... | column 1 | ... | column 0 of W_h |
///   ...
///
/// So the order does not depend on the width of the vectors, and every width reads along a panel. Where N is no
/// multiple of it, the last pack of a row reads the beginning of the next; what is computed from that is dropped, and
/// behind the last panel there is room. There may be one start more than gates: then the last gate has two sums, of W_x
/// and of W_h, as n of the GRU.
template <size_t kUnits, size_t kStarts, size_t kGates, size_t F, size_t H>
struct Panels {
  static constexpr size_t kFull = kUnits / kPanelUnits, kRest = kUnits % kPanelUnits;
  static constexpr size_t kPerUnit = kStarts + kGates * (F + H);
  static constexpr size_t kCount = kUnits * kPerUnit;

  static constexpr size_t kLanes = lanes_for(kFull > 0 ? kPanelUnits : kRest, true);
  static constexpr size_t kLanesOfRest = lanes_for(kRest, true);
  static constexpr size_t kPadding = kRest % kLanesOfRest > 0 ? kLanesOfRest - 1 : 0;  // weights behind the last
  static constexpr size_t kPaddedUnits = kFull * kPanelUnits + packs_for(kRest, kLanesOfRest) * kLanesOfRest;

  // The registers for sums: half of those of AVX-512, half of the 16 of others.
  static constexpr size_t kSums = TSATTN_EMBEDDED_LANES == 16 ? 16 : 8;
  static constexpr size_t kMostPacks = 8 / kStarts;  // of units at once
  static constexpr bool kIsOneBlock = kFull == 0
                                          ? packs_for(kRest, kLanesOfRest) <= kMostPacks
                                          : kFull == 1 && kRest == 0 && packs_for(kPanelUnits, kLanes) <= kMostPacks;

  static constexpr bool kMayTurn = kPanelUnits * kPerUnit * sizeof(float) < 60 * 1024;

  /// Calls finish(W as a Constant, number of packs as a Constant, first unit, sums[kStarts][packs]) for all units, with
  ///   sums[gate] = start[gate] + W_x[gate] x + W_h[gate] h.
  /// Weights that the L1 cannot hold are best read to and fro, `backwards` in every second step: part of what was read
  /// last is still there, unless a panel is much larger than the L1. (AMD Zen 5, L1 of 48 KiB: LSTM H = 64, panels of
  /// 33 KiB, 0.77 of the time; GRU H = 128, 50 KiB, 0.93; LSTM H = 128, 65 KiB, 1.02.)
  template <class Finish>
  static TSATTN_EMBEDDED_INLINE void run(const float* weights, const float* x, const float* h, bool backwards,
                                         const Finish& finish) {
    for (size_t i = 0; i < kFull; ++i) {
      const size_t panel = kMayTurn && backwards ? kFull - 1 - i : i;
      run_panel<kPanelUnits>(weights + panel * kPanelUnits * kPerUnit, x, h, panel * kPanelUnits, finish);
    }
    if constexpr (kRest > 0)
      run_panel<kRest>(weights + kFull * kPanelUnits * kPerUnit, x, h, kFull * kPanelUnits, finish);
  }

 private:
  template <size_t N, class Finish>
  static TSATTN_EMBEDDED_INLINE void run_panel(const float* panel, const float* x, const float* h, size_t unit,
                                               const Finish& finish) {
    constexpr size_t kW = lanes_for(N, true), kPacks = packs_for(N, kW),
                     kAtOnce = kPacks < kMostPacks ? kPacks : kMostPacks;
    for (size_t pack = 0; pack + kAtOnce <= kPacks; pack += kAtOnce)
      run_block<N, kW, kAtOnce>(panel, x, h, unit, pack * kW, finish);
    if constexpr (kPacks % kAtOnce > 0)
      run_block<N, kW, kPacks % kAtOnce>(panel, x, h, unit, kPacks / kAtOnce * kAtOnce * kW, finish);
  }

  /// Chains of additions are as long as there are columns, so where registers are left, a few take them by turns.
  template <size_t N, size_t kW, size_t kPacks, class Finish>
  static TSATTN_EMBEDDED_INLINE void run_block(const float* panel, const float* x, const float* h, size_t unit,
                                               size_t offset, const Finish& finish) {
    constexpr size_t kFree = kSums / (kStarts * kPacks), kTurns = kW == 1 || kFree < 2 ? 1 : kFree < 4 ? 2 : 4;
    Floats<kW> sums[kTurns][kStarts][kPacks] = {};
#pragma GCC unroll 16
    for (size_t gate = 0; gate < kStarts; ++gate)
#pragma GCC unroll 16
      for (size_t pack = 0; pack < kPacks; ++pack)
        sums[0][gate][pack] = load<kW>(panel + gate * N + offset + pack * kW);
    const float* w_x = panel + kStarts * N + offset;
    add_columns<N, kW, F, kGates - 1>(w_x, x, sums);
    add_columns<N, kW, H, kStarts - 1>(w_x + kGates * N * F, h, sums);
#pragma GCC unroll 16
    for (size_t apart = kTurns / 2; apart > 0; apart /= 2)
#pragma GCC unroll 16
      for (size_t turn = 0; turn < apart; ++turn)
#pragma GCC unroll 16
        for (size_t gate = 0; gate < kStarts; ++gate)
#pragma GCC unroll 16
          for (size_t pack = 0; pack < kPacks; ++pack) sums[turn][gate][pack] += sums[turn + apart][gate][pack];
    finish(Constant<kW>(), Constant<kPacks>(), unit + offset, sums[0]);
  }

  template <size_t N, size_t kW, size_t kColumns, size_t kLastSum, size_t kTurns, size_t kPacks>
  static TSATTN_EMBEDDED_INLINE void add_columns(const float* weights, const float* inputs,
                                                 Floats<kW> (&sums)[kTurns][kStarts][kPacks]) {
    size_t k = 0;
    for (; k + kTurns <= kColumns; k += kTurns)
#pragma GCC unroll 16
      for (size_t turn = 0; turn < kTurns; ++turn)
        add_column<N, kW, kLastSum>(weights + (k + turn) * kGates * N, inputs[k + turn], sums[turn]);
#pragma GCC unroll 16
    for (size_t turn = 0; turn < kColumns % kTurns; ++turn)
      add_column<N, kW, kLastSum>(weights + (k + turn) * kGates * N, inputs[k + turn], sums[turn]);
  }

  template <size_t N, size_t kW, size_t kLastSum, size_t kPacks>
  static TSATTN_EMBEDDED_INLINE void add_column(const float* weights, float input,
                                                Floats<kW> (&sums)[kStarts][kPacks]) {
    const Floats<kW> scalar = set<kW>(input);
#pragma GCC unroll 16
    for (size_t gate = 0; gate < kGates; ++gate)
#pragma GCC unroll 16
      for (size_t pack = 0; pack < kPacks; ++pack) {
        Floats<kW>& sum_of = sums[gate == kGates - 1 ? kLastSum : gate][pack];
        sum_of = fma<kW>(load<kW>(weights + gate * N + pack * kW), scalar, sum_of);
      }
  }
};

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
