// What every layer that runs step by step owes (layers/stream_layer.hpp), and what is refused.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

#include "support/allocation_count.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;

/// Products of a step may add the same few terms in another order than those of a whole sequence.
template <class S>
constexpr double kTolerance = sizeof(S) == 4 ? 1e-6 : 1e-14;

/// Whether all inputs of a case are series. A stream starts by itself, so initial states are not given.
template <class Case>
bool reads_series(const Case& c) {
  return std::all_of(c.inputs.begin(), c.inputs.end(),
                     [&](const auto& input) { return input.time() == c.inputs[0].time(); });
}

/// The layer's stream, and memory for it.
template <class S>
struct Steps {
  StreamedLayer<S> streamed;
  std::vector<S> state, scratch;

  template <class Case>
  explicit Steps(const Case& c) {
    std::vector<StreamValue> values;
    for (const Sequence<S>& input : c.inputs) values.push_back({.features = input.features()});
    streamed = c.layer.stream(
        {.where = c.name, .inputs = values, .batch = c.inputs[0].batch(), .attention_steps = c.inputs[0].time()});
    state.resize(static_cast<std::size_t>(streamed.layer->state_size()));
    scratch.resize(static_cast<std::size_t>(streamed.layer->scratch_size()));
  }

  void operator()(const std::vector<Sequence<S>>& inputs, Index t, S* y) {
    std::vector<const S*> pointers;
    for (const Sequence<S>& input : inputs) pointers.push_back(input.step_data(t));
    const long before = test::allocation_count;
    streamed.layer->step({.inputs = pointers, .y = y, .state = state.data(), .scratch = scratch.data(), .step = t});
    CHECK(test::allocation_count == before);
  }
};

TEST_CASE_TEMPLATE("each step gives the last step of the sequence so far", S, float, double) {
  std::set<std::string> refused;
  test::for_each_layer_case<S>([&](const auto& c) {
    INFO(c.name);
    static_assert(Streams<std::remove_cvref_t<decltype(c.layer)>, S>);
    if (!reads_series(c)) return;
    std::optional<Steps<S>> steps;
    try {
      steps.emplace(c);
    } catch (const ConfigError&) {
      refused.insert(c.name.substr(0, c.name.find(' ')));
      return;
    }
    const StreamValue output = steps->streamed.output;
    CHECK(output.is_series == (test::output_shape(c.layer, c.inputs).time > 1));
    for (Index t = 0; t < c.inputs[0].time(); ++t) {
      CAPTURE(t);
      Sequence<S> y({1, c.inputs[0].batch(), output.features}), whole;
      (*steps)(c.inputs, t, y.data());
      if ((t + 1) % output.period != 0) continue;  // nothing new came
      std::vector<Sequence<S>> so_far;
      for (const Sequence<S>& input : c.inputs) so_far.push_back(test::steps_of(input, 0, t + 1));
      typename decltype(c.layer)::Cache cache;
      infer(c.layer, test::Arguments<S>(so_far), whole, cache);
      CHECK(test::largest_difference(y, test::steps_of(whole, whole.time() - 1, 1)) <= kTolerance<S>);
    }
  });
  // Those that read the series from its end, or would. A query of every step without a mask sees steps to come.
  CHECK(refused == std::set<std::string>{"bidirectional_gru", "bidirectional_lstm", "bidirectional_rnn"});
}

TEST_CASE("a layer says what it cannot do step by step") {
  const StreamValue series{.features = 2}, once{.features = 2, .is_series = false};
  const StreamValue inputs[] = {series, once};
  CHECK_NOTHROW(require_series({.where = "place", .inputs = std::span(inputs, 1)}, "a layer"));
  CHECK_THROWS_WITH_AS(require_series({.where = "place", .inputs = inputs}, "a layer"),
                       "[place] expected inputs with a value for every step, to run step by step; a layer got what "
                       "comes once for all steps",
                       ConfigError);
  CHECK(attention_steps({.where = "place", .inputs = inputs, .attention_steps = 3}) == 3);
  CHECK_THROWS_WITH_AS(attention_steps({.where = "place", .inputs = inputs}),
                       "[place] expected attention_steps of at least 1, the last steps that attention looks back on, "
                       "got 0; a model whose input has a fixed number of steps says it itself",
                       ConfigError);
}

TEST_CASE("a stateless stream is the function that it was made from; what passes through is copied") {
  const StreamValue input{.features = 2};
  const StreamContext context{.where = "place", .inputs = std::span(&input, 1), .batch = 2};
  const float x[] = {1, 2, 3, 4};
  const float* const inputs[] = {x};
  float y[] = {0, 0, 0, 0};
  const StreamCall<float> call{.inputs = inputs, .y = y, .state = nullptr, .scratch = nullptr, .step = 0};
  const auto doubled = stateless_stream<float>([](const StreamCall<float>& c) {
    for (int i = 0; i < 4; ++i) c.y[i] = 2 * c.inputs[0][i];
  });
  CHECK(doubled->state_size() == 0);
  CHECK(doubled->scratch_size() == 0);
  doubled->step(call);
  CHECK(std::vector<float>(y, y + 4) == std::vector<float>{2, 4, 6, 8});
  const StreamedLayer<float> passed = pass_stream<float>(context, input);
  passed.layer->step(call);
  CHECK(std::vector<float>(y, y + 4) == std::vector<float>{1, 2, 3, 4});
}

}  // namespace
