#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/kernels/finite/finite.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/node.hpp>
#include <tsattn/model/stream.hpp>
#include <tsattn/model/stream_state.hpp>

namespace tsattn {

template <class S>
Stream<S>::Stream(const Stream& other)
    : plan_(other.plan_), memory_(other.memory_), is_lost_(other.is_lost_), steps_(other.steps_) {
  point_to_inputs();
}

template <class S>
bool Stream<S>::step(const S* x, S* y) noexcept {
  const Plan& plan = *plan_;
  S* memory = memory_.data();
  const bool any_is_lost = note_lost(x);
  for (const std::size_t i : plan.inputs_from_model) inputs_[i] = x;
  ++steps_;
  for (const Stage& stage : plan.stages) {
    Index step = steps_;
    if (stage.period != 1) {
      if (steps_ % stage.period != 0) continue;
      step = steps_ / stage.period;
    }
    stage.layer->step({.inputs = {inputs_.data() + stage.first_input, stage.inputs.size()},
                       .y = memory + stage.output,
                       .state = memory + stage.state,
                       .scratch = memory + stage.scratch,
                       .step = step - 1});
  }
  const bool is_new = plan.period == 1 || steps_ % plan.period == 0;
  if (is_new) std::copy_n(memory + plan.output, plan.batch * plan.units, y);
  if (any_is_lost) lose(y);
  return is_new;
}

template <class S>
void Stream<S>::reset() noexcept {
  std::fill_n(memory_.data(), memory_.size(), S(0));
  std::fill(is_lost_.begin(), is_lost_.end(), char{0});
  steps_ = 0;
}

template <class S>
std::size_t Stream<S>::state_bytes() const {
  return stream_state::size({lost_bytes(), bytes_of_states()});
}

template <class S>
void Stream<S>::save_state(std::span<std::byte> out) const {
  stream_state::write("Stream::save_state", fingerprint(), steps_, {lost_bytes(), bytes_of_states()}, out);
}

template <class S>
std::vector<std::byte> Stream<S>::save_state() const {
  std::vector<std::byte> bytes(state_bytes());
  save_state(bytes);
  return bytes;
}

template <class S>
void Stream<S>::load_state(std::span<const std::byte> bytes) {
  const std::span<S> states(memory_.data() + plan_->first_state, static_cast<std::size_t>(plan_->state_size));
  steps_ =
      stream_state::read("Stream::load_state", "a stream of this model, with these weights and options", fingerprint(),
                         {std::as_writable_bytes(std::span(is_lost_)), std::as_writable_bytes(states)}, bytes);
}

template <class S>
Stream<S>::Stream(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)), memory_(plan_->memory_size), is_lost_(static_cast<std::size_t>(plan_->batch), char{0}) {
  point_to_inputs();
}

template <class S>
Stream<S> Stream<S>::of(const Graph<S>& model, const StreamOptions& options) {
  constexpr std::string_view kWhere = "Graph::stream";
  require_positive(kWhere, "batch", options.batch);
  if (options.attention_steps < 0)
    fail<ConfigError>(kWhere, "expected attention_steps of at least 0, got ", options.attention_steps);
  const Node<S>& output_node = model.node(model.output());
  if (model.inputs().size() != 1)
    fail<ConfigError>(kWhere, "expected a model with one input, to run step by step, got ", model.inputs().size());
  const Node<S>& input_node = model.node(model.inputs()[0]);

  auto plan = std::make_shared<Plan>();
  plan->batch = options.batch;
  plan->features = input_node.shape.features;
  plan->units = output_node.shape.features;
  const std::vector<bool> is_needed = ancestors_of_output(model);
  std::vector<StreamValue> values(model.nodes().size());
  std::vector<Index> places(model.nodes().size());
  std::size_t input_count = 0;
  Index layer_number = 0;
  for (std::size_t n = 0; n < model.nodes().size(); ++n) {
    const Node<S>& node = model.nodes()[n];
    if (!node.layer) {
      values[n] = {node.shape.features, true, 1};
      continue;
    }
    ++layer_number;
    if (!is_needed[n]) continue;
    std::vector<StreamValue> sources;
    Stage stage{};
    for (const NodeId id : node.inputs) {
      if (id.value != 0)
        fail<ConfigError>(node.name + ", layer " + std::to_string(layer_number),
                          "expected outputs of layers as inputs, to run step by step, got ", model.name(id),
                          ", which comes after the last step");
      if (id == model.inputs()[0]) plan->inputs_from_model.push_back(input_count + stage.inputs.size());
      sources.push_back(values[static_cast<std::size_t>(id.index)]);
      stage.inputs.push_back(places[static_cast<std::size_t>(id.index)]);
    }
    const std::string where = node.name + ", layer " + std::to_string(layer_number);
    stage.period = sources[0].period;
    for (const StreamValue& source : sources)
      if (source.period != stage.period)
        fail<ConfigError>(where, "expected inputs that come as often as each other, to run step by step, got one ",
                          "after every ", sources[0].period, " steps of the model, one after every ", source.period);
    const Index own_steps = input_node.shape.time == kAnyTime ? 0 : input_node.shape.time / stage.period;
    StreamedLayer<S> streamed = node.layer->stream(
        {where, sources, options.batch, options.attention_steps > 0 ? options.attention_steps : own_steps});
    values[n] = streamed.output;
    stage.layer = std::move(streamed.layer);
    stage.first_input = input_count;
    input_count += stage.inputs.size();
    stage.output = places[n] = plan->place(options.batch * streamed.output.features);
    stage.scratch = plan->place(stage.layer->scratch_size());
    plan->stages.push_back(std::move(stage));
  }
  plan->output = places[static_cast<std::size_t>(model.output().index)];
  plan->period = values[static_cast<std::size_t>(model.output().index)].period;
  plan->first_state = plan->memory_size;
  for (Stage& stage : plan->stages) stage.state = plan->place(stage.layer->state_size());
  plan->state_size = plan->memory_size - plan->first_state;
  plan->fingerprint = fingerprint_of(model, *plan);
  Stream stream(std::move(plan));
  stream.warm_up();
  return stream;
}

template <class S>
void Stream<S>::warm_up() {
  const std::vector<S> x(static_cast<std::size_t>(plan_->batch * plan_->features));
  std::vector<S> y(static_cast<std::size_t>(plan_->batch * plan_->units));
  step(x.data(), y.data());
  reset();
}

template <class S>
std::vector<bool> Stream<S>::ancestors_of_output(const Graph<S>& model) {
  std::vector<bool> is_needed(model.nodes().size(), false);
  is_needed[static_cast<std::size_t>(model.output().index)] = true;
  for (std::size_t n = model.nodes().size(); n-- > 0;)
    if (is_needed[n])
      for (const NodeId id : model.nodes()[n].inputs) is_needed[static_cast<std::size_t>(id.index)] = true;
  return is_needed;
}

template <class S>
std::uint64_t Stream<S>::fingerprint_of(const Graph<S>& model, const Plan& plan) {
  stream_state::Fingerprint fingerprint;
  fingerprint.add(Index{sizeof(S)});
  for (const NamedTensor<const S>& tensor : model.parameters())
    fingerprint.add(std::span(tensor.data, static_cast<std::size_t>(tensor.size())));
  for (const Stage& stage : plan.stages) fingerprint.add(stage.state), fingerprint.add(stage.period);
  fingerprint.add(plan.batch), fingerprint.add(plan.state_size);
  return fingerprint.value();
}

template <class S>
void Stream<S>::point_to_inputs() {
  inputs_.clear();
  for (const Stage& stage : plan_->stages)
    for (const Index place : stage.inputs) inputs_.push_back(memory_.data() + place);
}

template <class S>
bool Stream<S>::note_lost(const S* x) noexcept {
  bool any = false;
  for (char& is_lost : is_lost_) {
    is_lost = static_cast<char>(is_lost | static_cast<char>(!kernels::all_finite(plan_->features, x)));
    any = any || is_lost != 0;
    x += plan_->features;
  }
  return any;
}

template <class S>
void Stream<S>::lose(S* y) const noexcept {
  for (std::size_t b = 0; b < is_lost_.size(); ++b, y += plan_->units)
    if (is_lost_[b] != 0) std::fill_n(y, plan_->units, std::numeric_limits<S>::quiet_NaN());
}

TSATTN_LIBRARY_INSTANCE(class Stream);

}  // namespace tsattn
