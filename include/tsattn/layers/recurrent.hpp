#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/recurrent_description.hpp>
#include <tsattn/layers/recurrent_dropout.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>
#include <tsattn/layers/recurrent_state.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// A recurrent layer over a whole sequence: the time loop, the initial and final states and the products over many
/// steps, the same for every cell. `Cell` (RnnCell, LstmCell, GruCell) holds the weights and one step, forward and
/// backward, with its equations.
///
/// Inputs: x [T, B, F], then either nothing (zero initial states) or every initial state, [1, B, H] each: h_0 and, for
/// the LSTM, c_0. Output: h_1 ... h_T [T, B, H] or h_T [1, B, H]. Further values: the final states "h" and, of the
/// LSTM, "c", [1, B, H] each.
///   forward   the weights are packed for the kernels, once a call; then the cell step by step
///   backward  (BPTT) the cell from the last step to the first fills only da; then, over many steps at once,
///             dW_x += dA X^T,  db += sum dA,  the cell's recurrent weight gradients,  dX = W_x^T dA
/// forward (not infer) may drop states between the steps: RecurrentDropout. Derivation: docs/layers/recurrent.md.
/// A program that links tsattn::compiled and has a cell of its own includes layers/recurrent.inl beside it.
template <class Cell>
class Recurrent {
 public:
  using Scalar = typename Cell::Scalar;
  using S = Scalar;
  using Parameters = typename Cell::Parameters;
  using Gradients = Parameters;
  static constexpr Index kStates = Cell::kStates;
  static constexpr std::string_view kInputs =
      kStates == 1 ? "x, or x and the initial state h" : "x, or x and the initial states h and c";

  /// The states of one time as values of a model, for the inputs of a run: [1, B, H] each.
  using State = std::array<Sequence<S>, static_cast<std::size_t>(kStates)>;

  struct Cache {
    Index steps = 0;            // T of the run
    bool is_kept = false;       // whether backward can go back through them
    Sequence<S> gates;          // [T, B, kGates H]  what the cell's backward reads
    Sequence<S> saved;          // [T, B, kSaved H]
    RecurrentStates<S> states;  // of all times, or, if nothing is kept, of the last
    kernels::PackedWeights<S> weights;
    typename RecurrentDropout<S>::Cache dropout;

    Sequence<S> deltas;           // [block of steps + 1, B, kDeltas H]  backward's own, as all below
    RecurrentStates<S> d_states;  // of one time
    kernels::PackedWeights<S> backward_weights;

    /// Decides which states the calls of forward that follow drop.
    void seed(std::uint64_t seed) { dropout.random = Random(seed); }
  };

  /// `dropout` is the share of the states that is dropped. Throws ConfigError, from `where`, unless it is in [0, 1).
  explicit Recurrent(Cell cell, Returns returns = Returns::all_steps, double dropout = 0,
                     std::string_view where = Cell::kWhere)
      : cell_(std::move(cell)), returns_(returns), dropout_(dropout, where) {}

  Index features() const { return parameters().w_x.cols(); }
  Index hidden() const { return parameters().w_h.cols(); }
  Returns returns() const { return returns_; }
  Parameters& parameters() { return cell_.parameters; }
  const Parameters& parameters() const { return cell_.parameters; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    return {returns_ == Returns::all_steps ? inputs[0].time : 1, hidden()};
  }
  static std::span<const std::string_view> further_values() {
    static constexpr std::array<std::string_view, 2> kNames{"h", "c"};
    return std::span(kNames).first(static_cast<std::size_t>(kStates));
  }
  SampleShape further_shape(Index, std::span<const SampleShape>) const { return {1, hidden()}; }
  static void further_value(Index i, const Cache& cache, Sequence<S>& value);

  /// Throws ShapeError if x has other features or no step, or a state is not [time=1, batch=B, features=H].
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const;

  /// As forward without dropout, with memory for the last states only.
  void infer(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs, FurtherGradients<S> d_final = {}) const;

  /// Throws ShapeError, as `where`, unless `cache` is of a forward of this x and `gradients` are of these parameters.
  void require_backward(std::string_view where, const Sequence<S>& x, const Cache& cache,
                        const Gradients& gradients) const;

  /// The states after the last step of the sequence that `cache` comes from.
  static void final_state(const Cache& cache, State& state);

  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const requires requires {
    Cell::kForeignNaming;
  }
  {
    if constexpr (requires { cell_.require_counterpart(context); }) cell_.require_counterpart(context);
    return recurrent_foreign_arrays(context, foreign_tensors(parameters()), Cell::kForeignNaming);
  }

  /// Every step advances the states by one, from zeros. Throws ConfigError unless x alone is the input.
  StreamedLayer<S> stream(const StreamContext& context) const;

  /// The cell's, where it has a member embed.
  EmbeddedLayer embed(const EmbedContext&) const requires requires(const Cell& cell) { cell.embed(); }
  {
    EmbeddedLayer layer = cell_.embed();
    layer.outputs = hidden();
    layer.reads_series = true;
    layer.ends_series = returns_ == Returns::last_step;
    return layer;
  }

 private:
  class Stream;

  /// The cell over all steps. `keeps`: for backward.
  void run(Inputs<S> inputs, bool keeps, Sequence<S>& y, Cache& cache) const;

  /// BPTT. cache.d_states: in, the gradients of the final states besides `dy`; out, if they are wanted, of the initial
  /// ones.
  void back_propagate(const Sequence<S>& x, const Sequence<S>& dy, bool wants_initial, Cache& cache,
                      Gradients& gradients, Sequence<S>* dx) const;

  // Deltas of 512 columns fit the L2 up to some hundred units, and are enough for a product to reach its full speed.
  static constexpr Index kBlockColumns = 512;

  Cell cell_;
  Returns returns_;
  RecurrentDropout<S> dropout_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/recurrent.inl>
#endif
