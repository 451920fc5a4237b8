#pragma once

#include <algorithm>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// What a recurrent cell carries from one step to the next, at one time: h and, for the LSTM, c, [H, B] each. Views;
/// `S` may be const.
template <class S>
struct RecurrentState {
  S* h = nullptr;
  S* c = nullptr;  ///< null for a cell without

  S* operator[](Index s) const { return s == 0 ? h : c; }
};

/// Where the states of many times are in one block of memory. Time t is after t steps, so 0 is before the first.
///   all times of T steps, for backward     h(0) | h(1) | ... | h(T) | c(0) | c(1) | ... | c(T)
///   the last time, where nothing is kept   h of even times | h of odd times | c
/// since c(t) may be written over c(t - 1), but h(t) not over h(t - 1), of which every unit reads the whole.
class StateLayout {
 public:
  StateLayout() = default;
  /// Of `states` states, 1 (h) or 2 (h, c), with `size` = H B scalars each.
  static StateLayout all_times(Index states, Index size, Index steps) { return {states, size, steps + 1, false}; }
  static StateLayout last_time(Index states, Index size) { return {states, size, 2, true}; }

  /// In scalars.
  Index memory_size() const { return (times_ + (states_ - 1) * (is_last_ ? 1 : times_)) * size_; }
  /// How many h are held.
  Index times() const { return times_; }

  /// The states of time t in such a block.
  template <class S>
  RecurrentState<S> at(S* memory, Index t) const {
    const Index h = is_last_ ? t % 2 : t, c = times_ + (is_last_ ? 0 : t);
    return {memory + h * size_, states_ == 1 ? nullptr : memory + c * size_};
  }

 private:
  StateLayout(Index states, Index size, Index times, bool is_last)
      : states_(states), size_(size), times_(times), is_last_(is_last) {}

  Index states_ = 0, size_ = 0, times_ = 0;
  bool is_last_ = false;
};

/// The states of a run, in a block of their own that grows to the largest run it has seen.
template <class S>
class RecurrentStates {
 public:
  /// Contents are unspecified afterwards.
  void resize(const StateLayout& layout) {
    layout_ = layout;
    memory_.resize(layout.memory_size());
  }
  void fill(S value) { std::fill_n(memory_.data(), memory_.size(), value); }

  Index times() const { return layout_.times(); }
  RecurrentState<S> at(Index t) { return layout_.at(memory_.data(), t); }
  RecurrentState<const S> at(Index t) const { return layout_.at(memory_.data(), t); }

 private:
  StateLayout layout_;
  AlignedBuffer<S> memory_;
};

/// state [H, B] = value [1, B, H]
template <class S>
void copy_state(const Sequence<S>& value, S* state) {
  std::copy_n(value.data(), value.size(), state);
}
/// value [1, B, H] = state [H, B]
template <class S>
void copy_state(const S* state, Index batch, Index hidden, Sequence<S>& value) {
  value.resize({1, batch, hidden});
  std::copy_n(state, value.size(), value.data());
}

}  // namespace tsattn
