#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

template <class S>
class Graph;

struct StreamOptions {
  Index batch = 1;            ///< B, series side by side that step together
  Index attention_steps = 0;  ///< the last steps that attention looks back on; 0: as many as the model's input has
};

/// A model that takes one step at a time and gives, after each, what `predict` gives for all steps since the start; of
/// attention, for the last attention_steps of its own inputs, which themselves have seen all steps. The sums of
/// attention may be added in another order, so equality is to rounding.
///
/// `step` allocates nothing, locks nothing, throws nothing and calls nothing of the system, and takes time that is
/// bounded. The weights were copied when the stream was made, so the model may change or go. A stream is a value: a
/// copy goes on by itself from the same state. Streams may run in different threads, each in one at a time.
///
///   tsattn::Stream<float> stream = model.stream();
///   stream.step(&x, &y);
template <class S>
class Stream {
 public:
  using Scalar = S;

  Stream(const Stream& other);
  Stream(Stream&&) noexcept = default;  // the memory stays where it is, and what is left can only be assigned to
  Stream& operator=(const Stream& other) { return *this = Stream(other); }
  Stream& operator=(Stream&&) noexcept = default;
  ~Stream() = default;

  Index batch() const { return plan_->batch; }
  Index features() const { return plan_->features; }  ///< of the input
  Index units() const { return plan_->units; }        ///< of the output
  Index steps() const { return steps_; }              ///< since the start

  /// Takes one step of all series: x [B, F], y [B, U], a series after the other. Returns whether y is new: with
  /// segments it is so only after every so many steps, and is left as it is otherwise. A series whose x holds a NaN or
  /// an infinity has NaN for outputs from then on, until `reset`.
  bool step(const S* x, S* y) noexcept;

  /// Goes back to the start: states of zeros, nothing seen.
  void reset() noexcept;

  /// Returns the size of a saved state.
  std::size_t state_bytes() const;
  /// Writes what `load_state` goes on from, with the same bits, in this process or another of the same byte order.
  /// Throws ConfigError unless there is room for state_bytes() exactly; allocates nothing otherwise.
  void save_state(std::span<std::byte> out) const;
  std::vector<std::byte> save_state() const;
  /// Goes on from a saved state. Throws DataError, and changes nothing, if the bytes are not a state of a stream of the
  /// same model, weights and options.
  void load_state(std::span<const std::byte> bytes);

  /// A hash of the weights and of the sizes of states: those of a stream with another are of no use to this one.
  std::uint64_t fingerprint() const { return plan_->fingerprint; }

 private:
  friend class Graph<S>;

  /// A layer and where in the memory its arguments are.
  struct Stage {
    std::unique_ptr<const StreamLayer<S>> layer;
    std::vector<Index> inputs;
    std::size_t first_input;  // of its pointers in Stream::inputs_
    Index output, state, scratch;
    Index period;
  };

  /// All that does not change from step to step. The memory is [outputs and scratch of the stages | states].
  struct Plan {
    std::vector<Stage> stages;
    std::vector<std::size_t> inputs_from_model;  // which of Stream::inputs_ are x
    Index batch = 1, features = 0, units = 0;
    Index output = 0, period = 1;
    Index memory_size = 0, first_state = 0, state_size = 0;
    std::uint64_t fingerprint = 0;

    /// Where so many scalars go, on a boundary of 64 bytes.
    Index place(Index size) {
      constexpr Index kBoundary = Index{AlignedBuffer<S>::kAlignment} / Index{sizeof(S)};
      const Index at = memory_size;
      memory_size += (size + kBoundary - 1) / kBoundary * kBoundary;
      return at;
    }
  };

  explicit Stream(std::shared_ptr<const Plan> plan);

  /// Throws ConfigError, naming the layer, if the model or one of its layers cannot run step by step.
  static Stream of(const Graph<S>& model, const StreamOptions& options);

  /// A step of zeros, so that the first one of the user finds code and weights in the caches.
  void warm_up();

  static std::vector<bool> ancestors_of_output(const Graph<S>& model);

  static std::uint64_t fingerprint_of(const Graph<S>& model, const Plan& plan);

  std::span<const std::byte> lost_bytes() const { return std::as_bytes(std::span(is_lost_)); }
  std::span<const std::byte> bytes_of_states() const {
    return std::as_bytes(std::span(memory_.data() + plan_->first_state, static_cast<std::size_t>(plan_->state_size)));
  }

  void point_to_inputs();

  /// Notes which series have NaN for outputs from now on, and says whether any has.
  bool note_lost(const S* x) noexcept;

  void lose(S* y) const noexcept;

  std::shared_ptr<const Plan> plan_;
  AlignedBuffer<S> memory_;
  std::vector<const S*> inputs_;
  std::vector<char> is_lost_;
  Index steps_ = 0;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/model/stream.inl>
#endif
