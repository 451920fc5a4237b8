#pragma once

#include <algorithm>
#include <memory>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/recurrent.hpp>

namespace tsattn {

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

template <class Cell>
class Recurrent<Cell>::Stream final : public StreamLayer<typename Cell::Scalar> {
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

template <class Cell>
void Recurrent<Cell>::further_value(Index i, const Cache& cache, Sequence<S>& value) {
  const Index hidden = cache.gates.features() / Cell::kGates;
  copy_state(cache.states.at(cache.steps)[i], cache.gates.batch(), hidden, value);
}

template <class Cell>
void Recurrent<Cell>::forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
  require_run_inputs(Cell::kWhere, *this, inputs);
  dropout_.draw(inputs[0].time(), inputs[0].batch(), hidden(), cache.dropout);
  run(inputs, true, y, cache);
}

template <class Cell>
void Recurrent<Cell>::infer(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
  require_run_inputs(Cell::kWhere, *this, inputs);
  dropout_.draw_nothing(cache.dropout);
  run(inputs, false, y, cache);
}

template <class Cell>
void Recurrent<Cell>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache,
                               Gradients& gradients, InputGradients<S> d_inputs, FurtherGradients<S> d_final) const {
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

template <class Cell>
void Recurrent<Cell>::require_backward(std::string_view where, const Sequence<S>& x, const Cache& cache,
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

template <class Cell>
void Recurrent<Cell>::final_state(const Cache& cache, State& state) {
  for (std::size_t s = 0; s < state.size(); ++s) further_value(static_cast<Index>(s), cache, state[s]);
}

template <class Cell>
auto Recurrent<Cell>::stream(const StreamContext& context) const -> StreamedLayer<S> {
  if (context.inputs.size() > 1)
    fail<ConfigError>(context.where, "expected x as the only input, to run step by step, got initial states too");
  require_series(context, "a recurrent layer");
  StreamValue output = context.inputs[0];
  output.features = hidden();
  output.is_series = returns_ == Returns::all_steps;
  return {std::make_unique<Stream>(cell_, context.batch), output};
}

template <class Cell>
void Recurrent<Cell>::run(Inputs<S> inputs, bool keeps, Sequence<S>& y, Cache& cache) const {
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

template <class Cell>
void Recurrent<Cell>::back_propagate(const Sequence<S>& x, const Sequence<S>& dy, bool wants_initial, Cache& cache,
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

}  // namespace tsattn
