#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/kernels/product.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>

namespace tsattn {

/// What a recurrent layer gives out: h_1 ... h_T, or h_T alone (as a value with one step).
enum class Returns { all_steps, last_step };

template <>
struct EnumNames<Returns> {
  static constexpr std::string_view kOption = "returns";
  static constexpr std::pair<std::string_view, Returns> kNames[] = {{"all_steps", Returns::all_steps},
                                                                    {"last_step", Returns::last_step}};
};

/// One time step of a cell, forward. `next` may be `previous`. Every pointer is column-major without gaps.
template <class S>
struct CellStep {
  Index hidden, batch;
  S* gates;                          // [kGates H, B]  in: W_x x_t + b; out: what the cell's backward reads
  S* saved;                          // [kSaved H, B]  out: further values for backward
  std::array<const S*, 2> previous;  // [H, B] each    h_{t-1} and, if the cell has one, c_{t-1}
  std::array<S*, 2> next;            // [H, B] each    h_t, c_t
};

/// The same step, backward.
template <class S>
struct CellStepBackward {
  Index hidden, batch;
  const S* gates;  // as forward left them
  const S* saved;
  std::array<const S*, 2> previous;
  const S* w_h_transposed;     // [H, kGates H]
  std::array<S*, 2> d_states;  // [H, B] each    in: dL/dh_t, dL/dc_t; out: dL/dh_{t-1}, dL/dc_{t-1}
  S* deltas;                   // [kDeltas H, B] assigned: da_t, the gradients of the pre-activations
  S* scratch;                  // [H, B]
};

/// A recurrent layer over a whole sequence: the time loop, the initial and final states and the whole-sequence
/// products, the same for every cell. `Cell` (RnnCell, LstmCell, GruCell) holds the weights and one step, forward and
/// backward, with its equations.
///
/// Inputs: x [T, B, F], then either nothing (zero initial states) or every initial state, [1, B, H] each: h_0 and, for
/// the LSTM, c_0. Output: h_1 ... h_T [T, B, H] or h_T [1, B, H].
///   forward   W_x X + b for all steps in one product, then the cell step by step
///   backward  (BPTT) the cell from the last step to the first fills only da; then, whole-sequence,
///             dW_x += dA X^T,  db += sum dA,  the cell's recurrent weight gradients,  dX = W_x^T dA
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

  /// The states between two steps, h and, for the LSTM, c: [1, B, H] each.
  using State = std::array<Sequence<S>, static_cast<std::size_t>(kStates)>;

  struct Cache {
    Sequence<S> gates;  // [T, B, kGates H]   from forward, for backward (after infer: one step of it)
    Sequence<S> saved;  // [T, B, kSaved H]
    State states;       // [T + 1, B, H] each, step t holds the state after t steps

    Sequence<S> deltas;   // [T, B, kDeltas H]   backward's own, as all below
    State d_states;       // [1, B, H] each
    Sequence<S> scratch;  // [1, B, H]
    Matrix<S> w_h_transposed;
    Matrix<S> w_x_transposed;
  };

  explicit Recurrent(Cell cell, Returns returns = Returns::all_steps) : cell_(std::move(cell)), returns_(returns) {}

  Index features() const { return parameters().w_x.cols(); }
  Index hidden() const { return parameters().w_h.cols(); }
  Parameters& parameters() { return cell_.parameters; }
  const Parameters& parameters() const { return cell_.parameters; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    return {returns_ == Returns::all_steps ? inputs[0].time : 1, hidden()};
  }

  /// Throws ShapeError if x has other features or no step, or a state is not [time=1, batch=B, features=H].
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
    const Sequence<S>& x = inputs[0];
    start(inputs, x.time(), cache);
    project(x.data(), x.time() * x.batch(), cache.gates.data());
    for (Index t = 0; t < x.time(); ++t) cell_.step(step_of(cache, t, t + 1));
    if (returns_ == Returns::all_steps) {
      y.resize({x.time(), x.batch(), hidden()});
      std::copy_n(cache.states[0].step_data(1), y.size(), y.data());
    } else {
      copy_step(cache.states[0], x.time(), y);
    }
  }

  /// As forward, with memory for one step only.
  void infer(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
    const Sequence<S>& x = inputs[0];
    start(inputs, 0, cache);
    if (returns_ == Returns::all_steps) y.resize({x.time(), x.batch(), hidden()});
    for (Index t = 0; t < x.time(); ++t) {
      project(x.step_data(t), x.batch(), cache.gates.data());
      cell_.step(step_of(cache, 0, 0));
      if (returns_ == Returns::all_steps) std::copy_n(cache.states[0].data(), cache.states[0].size(), y.step_data(t));
    }
    if (returns_ == Returns::last_step) copy_step(cache.states[0], 0, y);
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const {
    require_shape(Cell::kWhereBackward, "dy", dy, y.shape());
    for (Sequence<S>& d_state : cache.d_states) {
      d_state.resize({1, y.batch(), hidden()});
      d_state.fill(0);
    }
    back_propagate(inputs, &dy, cache, gradients, d_inputs[0]);
    for (Index s = 0; s < kStates; ++s)
      if (Sequence<S>* d_initial = d_inputs[1 + s]) *d_initial = cache.d_states[static_cast<std::size_t>(s)];
  }

  /// One step by itself: x [1, B, F], and `state` advances. The cache serves step_backward.
  void step(const Sequence<S>& x, State& state, Cache& cache) const {
    require_shape(Cell::kWhere, "x of one step", x, {1, x.batch(), features()});
    std::array<const Sequence<S>*, 1 + static_cast<std::size_t>(kStates)> inputs{&x};
    for (std::size_t s = 0; s < state.size(); ++s) inputs[1 + s] = &state[s];
    start(std::span<const Sequence<S>* const>(inputs), 1, cache);
    project(x.data(), x.batch(), cache.gates.data());
    cell_.step(step_of(cache, 0, 1));
    for (std::size_t s = 0; s < state.size(); ++s) copy_step(cache.states[s], 1, state[s]);
  }

  /// `d_state`: in, the gradients of the states after the step; out, of those before it. Adds to `gradients`, assigns
  /// `dx` unless it is null.
  void step_backward(const Sequence<S>& x, State& d_state, Cache& cache, Gradients& gradients, Sequence<S>* dx) const {
    for (std::size_t s = 0; s < d_state.size(); ++s) {
      require_shape(Cell::kWhereBackward, "the gradient of a state", d_state[s], {1, x.batch(), hidden()});
      cache.d_states[s] = d_state[s];
    }
    back_propagate({&x}, nullptr, cache, gradients, dx);
    d_state = cache.d_states;
  }

  /// The states after the last step of the sequence that `cache` comes from.
  static void final_state(const Cache& cache, State& state) {
    for (std::size_t s = 0; s < state.size(); ++s) copy_step(cache.states[s], cache.states[s].time() - 1, state[s]);
  }

 private:
  /// Validates the inputs, gives the cache room for `kept` steps (0: one that is overwritten), and puts the initial
  /// states in their place.
  void start(Inputs<S> inputs, Index kept, Cache& cache) const {
    require_inputs(Cell::kWhere, inputs.count(), {1, 1 + kStates}, kInputs);
    const Sequence<S>& x = inputs[0];
    require_features(Cell::kWhere, "x", x, features());
    if (x.time() < 1) fail<ShapeError>(Cell::kWhere, "expected x with at least one step, got x = ", x.shape());
    cache.gates.resize({std::max<Index>(kept, 1), x.batch(), Cell::kGates * hidden()});
    cache.saved.resize({std::max<Index>(kept, 1), x.batch(), Cell::kSaved * hidden()});
    for (Index s = 0; s < kStates; ++s) {
      Sequence<S>& states = cache.states[static_cast<std::size_t>(s)];
      states.resize({kept + 1, x.batch(), hidden()});
      if (inputs.count() > 1) {
        require_shape(Cell::kWhere, "an initial state", inputs[1 + s], {1, x.batch(), hidden()});
        std::copy_n(inputs[1 + s].data(), inputs[1 + s].size(), states.data());
      } else {
        states.step(0).setZero();
      }
    }
  }

  /// out [kGates H, columns] = W_x x + b.
  void project(const S* x, Index columns, S* out) const {
    const Parameters& p = parameters();
    const Index rows = p.w_x.rows();
    kernels::repeat_column(rows, columns, p.b.data(), out);
    kernels::add_product(rows, columns, features(), p.w_x.data(), rows, x, 1, features(), out, rows);
  }

  /// The step that leads from the states in slot `previous` to those in slot `next`.
  CellStep<S> step_of(Cache& cache, Index previous, Index next) const {
    CellStep<S> step{
        hidden(), cache.gates.batch(), cache.gates.step_data(previous), cache.saved.step_data(previous), {}, {}};
    for (std::size_t s = 0; s < cache.states.size(); ++s) {
      step.previous[s] = cache.states[s].step_data(previous);
      step.next[s] = cache.states[s].step_data(next);
    }
    return step;
  }

  static void copy_step(const Sequence<S>& from, Index t, Sequence<S>& to) {
    to.resize({1, from.batch(), from.features()});
    std::copy_n(from.step_data(t), to.size(), to.data());
  }

  /// BPTT. cache.d_states: in, the gradients of the final states besides `dy`; out, of the initial ones.
  void back_propagate(Inputs<S> inputs, const Sequence<S>* dy, Cache& cache, Gradients& gradients,
                      Sequence<S>* dx) const {
    const Sequence<S>& x = inputs[0];
    const Parameters& p = parameters();
    const Index units = hidden(), steps = x.time(), columns = steps * x.batch(), rows = p.w_x.rows();
    const Index delta_rows = Cell::kDeltas * units;
    // One state more than steps: infer, which overwrites its one state, never leaves that many.
    require_shape(Cell::kWhereBackward, "the cache of a forward of this x, with states", cache.states[0],
                  {steps + 1, x.batch(), units});
    if (parameter_count(gradients) != parameter_count(p))
      fail<ShapeError>(Cell::kWhereBackward, "expected gradients for ", parameter_count(p), " parameters, got ",
                       parameter_count(gradients));
    cache.deltas.resize({steps, x.batch(), delta_rows});
    cache.scratch.resize({1, x.batch(), units});
    cache.w_h_transposed.resize(units, rows);
    kernels::transpose(rows, units, p.w_h.data(), cache.w_h_transposed.data());

    for (Index t = steps; t-- > 0;) {
      if (dy != nullptr && returns_ == Returns::all_steps) cache.d_states[0].step(0) += dy->step(t);
      if (dy != nullptr && returns_ == Returns::last_step && t == steps - 1) cache.d_states[0].step(0) += dy->step(0);
      CellStepBackward<S> step{units,
                               x.batch(),
                               cache.gates.step_data(t),
                               cache.saved.step_data(t),
                               {},
                               cache.w_h_transposed.data(),
                               {},
                               cache.deltas.step_data(t),
                               cache.scratch.data()};
      for (std::size_t s = 0; s < cache.states.size(); ++s) {
        step.previous[s] = cache.states[s].step_data(t);
        step.d_states[s] = cache.d_states[s].data();
      }
      cell_.step_backward(step);
    }

    const S* deltas = cache.deltas.data();
    kernels::add_product(rows, features(), columns, deltas, delta_rows, x.data(), features(), 1, gradients.w_x.data(),
                         rows);
    kernels::add_column_sums(rows, columns, deltas, delta_rows, gradients.b.data());
    cell_.add_recurrent_gradients(units, columns, deltas, cache.saved.data(), cache.states[0].data(), gradients);
    if (dx != nullptr) {
      cache.w_x_transposed.resize(features(), rows);
      kernels::transpose(rows, features(), p.w_x.data(), cache.w_x_transposed.data());
      dx->resize(x.shape());
      dx->fill(0);
      // dA is the first kGates blocks of the deltas.
      kernels::add_product(features(), columns, rows, cache.w_x_transposed.data(), features(), deltas, 1, delta_rows,
                           dx->data(), features());
    }
  }

  Cell cell_;
  Returns returns_;
};

/// What the descriptions of all recurrent layers demand of their inputs: x, or x and every initial state.
/// Throws ConfigError for units below 1, ShapeError for other inputs.
template <class RecurrentLayer>
void require_recurrent_inputs(const BuildContext& context, Index units) {
  require_positive(context.where, "units", units);
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1, 1 + RecurrentLayer::kStates},
                 RecurrentLayer::kInputs);
  for (std::size_t s = 1; s < context.inputs.size(); ++s)
    if (context.inputs[s] != SampleShape{1, units})
      fail<ShapeError>(context.where, "expected an initial state ", SampleShape{1, units}, ", got ", context.inputs[s]);
}

/// Initial weights of a recurrent cell: w_x [G H, F], w_h [G H, H], b [G H].
template <class S>
void initialize_recurrent(Initialization scheme, Matrix<S>& w_x, Matrix<S>& w_h, Vector<S>& b, Random& random) {
  if (scheme == Initialization::keras) {
    fill_glorot_uniform(w_x, random);
    fill_orthogonal(w_h, random);
    b.fill(0);
    return;
  }
  const double bound = 1 / std::sqrt(static_cast<double>(w_h.cols()));
  fill_uniform(w_x.data(), w_x.size(), bound, random);
  fill_uniform(w_h.data(), w_h.size(), bound, random);
  for (Index i = 0; i < b.size(); ++i)
    b(i) = static_cast<S>(random.uniform(-bound, bound) + random.uniform(-bound, bound));  // b_ih + b_hh
}

}  // namespace tsattn
