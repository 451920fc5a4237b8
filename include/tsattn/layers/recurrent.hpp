#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/recurrent_dropout.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>
#include <tsattn/layers/recurrent_state.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

/// What a recurrent layer gives out: h_1 ... h_T, or h_T alone (as a value with one step).
enum class Returns { all_steps, last_step };

template <>
struct EnumNames<Returns> {
  static constexpr std::string_view kOption = "returns";
  static constexpr std::pair<std::string_view, Returns> kNames[] = {{"all_steps", Returns::all_steps},
                                                                    {"last_step", Returns::last_step}};
};

/// The biases of a recurrent layer.
///   one    b
///   none
///   two    b and b_h, which are added: PyTorch's bias_ih and bias_hh. The layer computes what it would with their sum,
///          but both get its gradient, so that an optimizer moves the sum twice as far. For training as PyTorch trains.
enum class RecurrentBias { one, none, two };

template <>
struct EnumNames<RecurrentBias> {
  static constexpr std::string_view kOption = "bias";
  static constexpr std::pair<std::string_view, RecurrentBias> kNames[] = {
      {"one", RecurrentBias::one}, {"none", RecurrentBias::none}, {"two", RecurrentBias::two}};
  /// For files that say "bias": true or false, as of a Dense layer.
  static RecurrentBias from_bool(bool has_bias) { return has_bias ? RecurrentBias::one : RecurrentBias::none; }
};

/// What `rows` rows start from: b, b + b_h (of which b_h may have fewer rows) or zeros; where it must be computed, in
/// `memory`.
template <class S>
const S* total_bias(Index rows, const Vector<S>& b, const Vector<S>& b_h, AlignedBuffer<S>& memory) {
  if (b.size() > 0 && b_h.size() == 0) return b.data();
  memory.resize(rows);
  std::fill_n(memory.data(), rows, S(0));
  std::copy_n(b.data(), b.size(), memory.data());
  for (Index i = 0; i < b_h.size(); ++i) memory.data()[i] += b_h(i);
  return memory.data();
}

/// What every recurrent layer demands of the inputs of a run: x [T >= 1, B, F], or x and every initial state [1, B, H].
/// Throws ShapeError, as `where`, for others.
template <class RecurrentLayer, class S>
void require_run_inputs(std::string_view where, const RecurrentLayer& layer, Inputs<S> inputs) {
  require_inputs(where, inputs.count(), {1, 1 + RecurrentLayer::kStates}, RecurrentLayer::kInputs);
  const Sequence<S>& x = inputs[0];
  require_features(where, "x", x, layer.features());
  if (x.time() < 1) fail<ShapeError>(where, "expected x with at least one step, got x = ", x.shape());
  for (Index s = 1; s < inputs.count(); ++s)
    require_shape(where, "an initial state", inputs[s], {1, x.batch(), layer.hidden()});
}

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
  static void further_value(Index i, const Cache& cache, Sequence<S>& value) {
    const Index hidden = cache.gates.features() / Cell::kGates;
    copy_state(cache.states.at(cache.steps)[i], cache.gates.batch(), hidden, value);
  }

  /// Throws ShapeError if x has other features or no step, or a state is not [time=1, batch=B, features=H].
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
    require_run_inputs(Cell::kWhere, *this, inputs);
    dropout_.draw(inputs[0].time(), inputs[0].batch(), hidden(), cache.dropout);
    run(inputs, true, y, cache);
  }

  /// As forward without dropout, with memory for the last states only.
  void infer(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
    require_run_inputs(Cell::kWhere, *this, inputs);
    dropout_.draw_nothing(cache.dropout);
    run(inputs, false, y, cache);
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs, FurtherGradients<S> d_final = {}) const {
    require_shape(Cell::kWhereBackward, "dy", dy, y.shape());
    require_backward(Cell::kWhereBackward, inputs[0], cache, gradients);
    cache.d_states.resize(StateLayout::all_times(kStates, y.batch() * hidden(), 0));
    cache.d_states.fill(0);
    for (Index s = 0; s < kStates; ++s) {
      if (d_final[s] == nullptr) continue;
      require_shape(Cell::kWhereBackward, "the gradient of a final state", *d_final[s], {1, y.batch(), hidden()});
      copy_state(*d_final[s], cache.d_states.at(0)[s]);
    }
    bool wants_initial = false;
    for (Index s = 0; s < kStates; ++s) wants_initial = wants_initial || d_inputs[1 + s] != nullptr;
    back_propagate(inputs[0], dy, wants_initial, cache, gradients, d_inputs[0]);
    for (Index s = 0; s < kStates; ++s)
      if (Sequence<S>* d_initial = d_inputs[1 + s])
        copy_state<S>(cache.d_states.at(0)[s], y.batch(), hidden(), *d_initial);
  }

  /// Throws ShapeError, as `where`, unless `cache` is of a forward of this x and `gradients` are of these parameters.
  void require_backward(std::string_view where, const Sequence<S>& x, const Cache& cache,
                        const Gradients& gradients) const {
    const SequenceShape found{cache.states.times(), cache.gates.batch(), cache.gates.features() / Cell::kGates};
    const SequenceShape expected{x.time() + 1, x.batch(), hidden()};
    constexpr std::string_view kWanted = "the cache of a forward of this x, with states";
    if (found != expected) fail<ShapeError>(where, "expected ", kWanted, " = ", expected, ", got ", found);
    if (!cache.is_kept)
      fail<ShapeError>(where, "expected ", kWanted, " = ", expected,
                       ", got the cache of an inference, which keeps nothing for backward");
    if (parameter_count(gradients) != parameter_count(parameters()))
      fail<ShapeError>(where, "expected gradients for ", parameter_count(parameters()), " parameters, got ",
                       parameter_count(gradients));
  }

  /// The states after the last step of the sequence that `cache` comes from.
  static void final_state(const Cache& cache, State& state) {
    for (std::size_t s = 0; s < state.size(); ++s) further_value(static_cast<Index>(s), cache, state[s]);
  }

  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const requires requires {
    Cell::kForeignNaming;
  }
  {
    if constexpr (requires { cell_.require_counterpart(context); }) cell_.require_counterpart(context);
    return recurrent_foreign_arrays(context, foreign_tensors(parameters()), Cell::kForeignNaming);
  }

  /// Every step advances the states by one, from zeros. Throws ConfigError unless x alone is the input.
  StreamedLayer<S> stream(const StreamContext& context) const {
    if (context.inputs.size() > 1)
      fail<ConfigError>(context.where, "expected x as the only input, to run step by step, got initial states too");
    require_series(context, "a recurrent layer");
    StreamValue output = context.inputs[0];
    output.features = hidden();
    output.is_series = returns_ == Returns::all_steps;
    return {std::make_unique<Stream>(cell_, context.batch), output};
  }

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
  class Stream final : public StreamLayer<S> {
   public:
    Stream(const Cell& cell, Index batch)
        : features_(cell.parameters.w_x.cols()),
          hidden_(cell.parameters.w_h.cols()),
          batch_(batch),
          states_(StateLayout::last_time(kStates, hidden_ * batch)),
          cell_(cell) {
      cell_.pack(weights_);
      cell_.parameters = {};  // what is left of the cell is which kernels it calls
    }
    Index state_size() const override { return states_.memory_size(); }
    Index scratch_size() const override { return (Cell::kGates + Cell::kSaved) * hidden_ * batch_; }
    void step(const StreamCall<S>& call) const noexcept override {
      const RecurrentState<S> from = states_.at(call.state, call.step), to = states_.at(call.state, call.step + 1);
      cell_.forward(weights_.instruction_set, {.features = features_,
                                               .hidden = hidden_,
                                               .batch = batch_,
                                               .weights = weights_.values.data(),
                                               .x = call.inputs[0],
                                               .h_prev = from.h,
                                               .h_carried = from.h,
                                               .c_prev = from.c,
                                               .h = to.h,
                                               .c = to.c,
                                               .y = call.y,
                                               .keeps = false,
                                               .gates = call.scratch,
                                               .saved = call.scratch + Cell::kGates * hidden_ * batch_});
    }

   private:
    Index features_, hidden_, batch_;
    StateLayout states_;
    Cell cell_;
    kernels::PackedWeights<S> weights_;
  };

  /// The cell over all steps. `keeps`: for backward.
  void run(Inputs<S> inputs, bool keeps, Sequence<S>& y, Cache& cache) const {
    const Sequence<S>& x = inputs[0];
    const Index steps = x.time(), size = hidden() * x.batch();
    cache.steps = steps;
    cache.is_kept = keeps;
    cache.gates.resize({keeps ? steps : 1, x.batch(), Cell::kGates * hidden()});
    cache.saved.resize({keeps ? steps : 1, x.batch(), Cell::kSaved * hidden()});
    cache.states.resize(keeps ? StateLayout::all_times(kStates, size, steps) : StateLayout::last_time(kStates, size));
    for (Index s = 0; s < kStates; ++s) {
      S* initial = cache.states.at(0)[s];
      if (inputs.count() > 1) {
        copy_state(inputs[1 + s], initial);
      } else {
        std::fill_n(initial, size, S(0));
      }
    }
    cell_.pack(cache.weights);

    const DroppingCell<Cell> cell(cell_, cache.dropout);
    const bool gives_all = returns_ == Returns::all_steps;
    if (gives_all) y.resize({steps, x.batch(), hidden()});
    for (Index t = 0; t < steps; ++t) {
      const RecurrentState<S> from = cache.states.at(t), to = cache.states.at(t + 1);
      cell.forward(cache.weights.instruction_set, t,
                   {.features = features(),
                    .hidden = hidden(),
                    .batch = x.batch(),
                    .weights = cache.weights.values.data(),
                    .x = x.step_data(t),
                    .h_prev = from.h,
                    .h_carried = from.h,
                    .c_prev = from.c,
                    .h = to.h,
                    .c = to.c,
                    .y = gives_all ? y.step_data(t) : nullptr,
                    .keeps = keeps,
                    .gates = cache.gates.step_data(keeps ? t : 0),
                    .saved = cache.saved.step_data(keeps ? t : 0)});
    }
    if (!gives_all) copy_state<S>(cache.states.at(steps).h, x.batch(), hidden(), y);
  }

  /// BPTT. cache.d_states: in, the gradients of the final states besides `dy`; out, if they are wanted, of the initial
  /// ones.
  void back_propagate(const Sequence<S>& x, const Sequence<S>& dy, bool wants_initial, Cache& cache,
                      Gradients& gradients, Sequence<S>* dx) const {
    const Parameters& p = parameters();
    const Index units = hidden(), batch = x.batch(), steps = x.time(), rows = p.w_x.rows();
    const Index delta_rows = Cell::kDeltas * units;
    const DroppingCell<Cell> cell(cell_, cache.dropout);
    const RecurrentState<S> d_state = cache.d_states.at(0);
    // One block of steps at a time, from the last, so that the products find its deltas in the L2.
    const Index block = std::clamp<Index>(kBlockColumns / std::max<Index>(batch, 1), 1, steps);
    cache.deltas.resize({block + 1, batch, delta_rows});
    cell_.pack_backward(cache.backward_weights);
    if (dx != nullptr) {
      dx->resize(x.shape());
      dx->fill(0);
    }

    for (Index end = steps, begin; end > 0; end = begin) {
      begin = std::max<Index>(end - block, 0);
      if (end < steps) std::copy_n(cache.deltas.data(), batch * delta_rows, cache.deltas.step_data(end - begin));
      for (Index t = end; t-- > begin;) {
        const bool gives_all = returns_ == Returns::all_steps, is_last = t == steps - 1;
        const RecurrentState<S> from = cache.states.at(t);
        cell.backward(cache.backward_weights.instruction_set, t,
                      {.hidden = units,
                       .batch = batch,
                       .weights = cache.backward_weights.values.data(),
                       .gates = cache.gates.step_data(t),
                       .saved = cache.saved.step_data(t),
                       .h_prev = from.h,
                       .h_carried = from.h,
                       .mask = nullptr,
                       .c_prev = from.c,
                       .dy = gives_all || is_last ? dy.step_data(gives_all ? t : 0) : nullptr,
                       .next_deltas = is_last ? nullptr : cache.deltas.step_data(t + 1 - begin),
                       .dh = d_state.h,
                       .dc = d_state.c,
                       .deltas = cache.deltas.step_data(t - begin)});
      }
      const S* deltas = cache.deltas.data();
      const Index columns = (end - begin) * batch;
      kernels::add_product(rows, features(), columns, deltas, delta_rows, x.step_data(begin), features(), 1,
                           gradients.w_x.data(), rows);
      for (Vector<S>* db : {&gradients.b, &gradients.b_h})
        if (db->size() > 0) kernels::add_column_sums(db->size(), columns, deltas, delta_rows, db->data());
      cell_.add_recurrent_gradients(units, columns, deltas, cache.saved.step_data(begin),
                                    cell.multiplied(begin, cache.states.at(begin).h), gradients);
      // dA is the first kGates blocks of the deltas.
      if (dx != nullptr)
        kernels::add_transposed_product(features(), columns, rows, p.w_x.data(), rows, deltas, 1, delta_rows,
                                        dx->step_data(begin), features());
    }
    if (wants_initial) cell.add_products_of_dh(batch, cache.deltas.data(), d_state.h);
  }

  // Deltas of 512 columns fit the L2 up to some hundred units, and are enough for a product to reach its full speed.
  static constexpr Index kBlockColumns = 512;

  Cell cell_;
  Returns returns_;
  RecurrentDropout<S> dropout_;
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

/// The number of weights of a recurrent cell: w_x [G H, F], w_h [G H, H], and b, b_h [G H] as `bias` says.
inline SaturatedCount recurrent_weight_count(Index gates, Index units, RecurrentBias bias, const InputSizes& inputs) {
  const Index biases = bias == RecurrentBias::none ? 0 : bias == RecurrentBias::one ? 1 : 2;
  return SaturatedCount(gates) * units * (inputs.features(0) + units + biases);
}

/// Initial weights of a recurrent cell: w_x [G H, F], w_h [G H, H], b [G H], and b_h or nothing.
template <class S, class Parameters>
void initialize_recurrent(Initialization scheme, Parameters& p, Random& random) {
  if (scheme == Initialization::zeros) return;
  if (scheme == Initialization::keras) {
    fill_glorot_uniform(p.w_x, random);
    fill_orthogonal(p.w_h, random);
    return;
  }
  const double bound = 1 / std::sqrt(static_cast<double>(p.w_h.cols()));
  fill_uniform(p.w_x.data(), p.w_x.size(), bound, random);
  fill_uniform(p.w_h.data(), p.w_h.size(), bound, random);
  if (p.b_h.size() > 0) {
    fill_uniform(p.b.data(), p.b.size(), bound, random);
    fill_uniform(p.b_h.data(), p.b_h.size(), bound, random);
    return;
  }
  for (Index i = 0; i < p.b.size(); ++i)
    p.b(i) = static_cast<S>(random.uniform(-bound, bound) + random.uniform(-bound, bound));  // b_ih + b_hh
}

}  // namespace tsattn
