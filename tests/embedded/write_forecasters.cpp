// Writes forecasters as headers into the current folder: <name>.hpp, and <name>_values.hpp with rows of a series and
// what Forecaster::forecast gives for them. exported_forecasters_test.sh compiles and compares them. Two forecasters
// are saved as well, for tsattn_model to export, and a model with a scaler.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/random.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/forecasting/embedded_forecaster.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/persistence/model_file.hpp>

namespace {

using namespace tsattn;

// As in embedded_test.cpp, for each run of the model: of scaled values. Where these are brought back, the result is
// rounded to a float.
constexpr double kTolerance = 2e-6, kEpsilon = std::numeric_limits<float>::epsilon();

constexpr Index kLength = 200, kFeatures = 4;

/// Four features of different size: [kLength, 1, kFeatures], floats, for that is what the exported forecaster reads.
Sequence<float> series() {
  Sequence<float> values({kLength, 1, kFeatures});
  Random random(7);
  for (Index t = 0; t < kLength; ++t) {
    const auto noise = [&] { return 0.3 * random.uniform(-1, 1); };
    const auto time = static_cast<double>(t);
    values(t, 0, 0) = static_cast<float>(std::sin(0.2 * time) + noise());
    values(t, 0, 1) = static_cast<float>(20 + 8 * std::cos(0.1 * time) + noise());
    // Far from 0: a float alone would make its shift, which is no float, wrong by a hundredth of its scale.
    values(t, 0, 2) = static_cast<float>(1'000'000 + 2 * std::sin(0.05 * time) + noise());
    values(t, 0, 3) = static_cast<float>(t % 24);
  }
  return values;
}

/// y = factors * x: a layer of one's own.
class FactorsLayer {
 public:
  using Scalar = float;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }
  void forward(Inputs<float> inputs, Sequence<float>& y, Cache&) const {
    y = inputs[0];
    for (Index i = 0; i < y.size(); ++i) y.data()[i] *= factor(i % y.features());
  }
  void backward(Inputs<float>, const Sequence<float>&, const Sequence<float>&, Cache&, Gradients&,
                InputGradients<float>) const {}

  EmbeddedLayer embed(const EmbedContext& context) const {
    EmbeddedLayer layer{.type = embedded_type("mine::Factors", context.features),
                        .part = "factors",
                        .text = R"text(
#include <tsattn/embedded/parts/layer.hpp>

namespace mine {
using namespace tsattn::embedded;
template <size_t F>
struct Factors {
  static constexpr size_t kInputs = F, kOutputs = F, kWeightCount = F;
  static constexpr bool kReadsSeries = false, kEndsSeries = false;
  using Weights = parts::WeightsOf<F>;
  struct State {
    float y[F];
  };
  static void reset(State& state) noexcept { parts::fill(state.y, 0.0F); }
  static const float* step(const Weights& weights, State& state, const float* x) noexcept {
    for (size_t i = 0; i < F; ++i) state.y[i] = weights.values[i] * x[i];
    return state.y;
  }
};
}  // namespace mine
)text",
                        .outputs = context.features,
                        .state = context.features};
    for (Index i = 0; i < context.features; ++i) layer.weights.push_back(factor(i));
    return layer;
  }

 private:
  static float factor(Index i) { return 1.5F - 0.25F * static_cast<float>(i); }

  Parameters parameters_;
};

struct Factors {
  static constexpr std::string_view kKind = "factors";
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
  template <class S>
  FactorsLayer build(const BuildContext&) const {
    return {};
  }
};

template <class Values>
void write_array(std::ostream& out, std::string_view name, const Values& values) {
  out << "static const double " << name << "[] = {0";  // behind a number that is not read, for there may be none
  for (const double value : values) out << ", " << value;
  out << "};\n";
}

template <class S, class Describe>
void write(const std::string& name, const WindowOptions& windows, const ForecastOptions& options,
           const Describe& describe) {
  const bool is_independent = options.channels == Channels::independent;
  const WindowLayout layout(windows, kFeatures);
  const ForecastLayout samples(WindowLayout(windows_of_model(windows, options), kFeatures), options);
  Sequential<S> model(samples.input_shape().features, /*seed=*/3);
  describe(model, samples.target_shape().features);
  Random random(5);
  for (const auto& tensor : model.parameters())  // biases too
    if (tensor.is_vector) fill_uniform(tensor.data, tensor.size(), 0.5, random);
  const Sequence<float> rows = series();
  const Scaler scaler = Scaler::fit(options.scaling, rows, {0, kLength});
  const Forecaster<S> forecaster(std::move(model), windows, options, scaler);
  write_embedded_header(forecaster, name + ".hpp", {.name = name});

  if (name == "plain" || name == "channels") save_forecaster(name + ".safetensors", forecaster);
  if (name == "plain") save_model("with_scaler.safetensors", forecaster.model(), {.scaler = scaler});

  const Index last = 150, first = last - layout.past_rows();
  const Sequence<double> forecast = forecaster.forecast(rows, last);
  std::vector<double> past, ahead, expected, tolerances, fast_tolerances;
  double shift_error = 0;  // of scaled inputs, where -ffast-math adds the two parts of their shift to a float
  for (Index f = 0; f < kFeatures; ++f)
    shift_error = std::max(shift_error, kEpsilon * std::abs(scaler.shift(f) / scaler.scale(f)));
  for (Index t = first; t < last + layout.rows_ahead(); ++t)
    for (Index f = 0; f < kFeatures; ++f) (t < last ? past : ahead).push_back(static_cast<double>(rows(t, 0, f)));
  for (Index h = 0; h < windows.horizon; ++h)
    for (Index i = 0; i < samples.targets(); ++i) {
      const Index feature = layout.options().targets[static_cast<std::size_t>(i)];
      const double value = forecast(h, 0, i);
      const auto runs = static_cast<double>(options.strategy == Strategy::recursive ? h + 1 : 1);
      expected.push_back(value);
      const double scale = std::abs(scaler.scale(feature));
      tolerances.push_back(runs * kTolerance * scale + kEpsilon * std::abs(value));
      fast_tolerances.push_back(tolerances.back() + runs * shift_error * scale);
    }
  std::ofstream out(name + "_values.hpp");
  out.precision(17);
  write_array(out, "kPast", past), write_array(out, "kAhead", ahead);
  write_array(out, "kExpected", expected), write_array(out, "kTolerances", tolerances);
  write_array(out, "kFastTolerances", fast_tolerances);
  std::cout << name << (windows.known_future.empty() ? "" : " known") << (is_independent ? " independent" : "") << '\n';
}

}  // namespace

int main() {
  const auto lstm = [](auto& model, Index outputs) {
    model.add(Lstm{.units = 9, .returns = Returns::last_step}).add(Dense{outputs});
  };
  const auto gru = [](auto& model, Index outputs) {
    model.add(Gru{.units = 12}).add(Dropout{0.2}).add(LastStep{}).add(Dense{outputs});
  };
  const auto pooling = [](auto& model, Index outputs) {
    model.add(Rnn{8}).add(AttentionPooling{.score = PoolingScore::tanh, .units = 5}).add(Dense{outputs});
  };
  write<float>("plain", {.lookback = 12, .horizon = 3, .targets = {1}}, {}, lstm);
  write<float>("gaps",
               {.lookback = 10, .horizon = 4, .targets = {2, 0}, .inputs = {0, 2, 3}, .sampling_step = 3, .gap = 2},
               {.scaling = Scaling::robust}, lstm);
  write<double>("unscaled", {.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0}}, {.scaling = Scaling::none},
                gru);
  write<float>("last_value", {.lookback = 16, .horizon = 5, .known_future = {3}, .sampling_step = 2, .gap = 1},
               {.normalization = InstanceNormalization::last_value}, pooling);
  write<float>("with_input", {.lookback = 7, .horizon = 3, .targets = {0, 1}, .include_input = true}, {}, pooling);
  write<float>("channels", {.lookback = 24, .horizon = 6, .targets = {0, 1, 2}, .known_future = {3}},
               {.normalization = InstanceNormalization::standard, .channels = Channels::independent}, gru);
  write<double>(
      "recursive", {.lookback = 5, .horizon = 8, .targets = {1, 2}, .inputs = {2, 1}, .known_future = {3}},
      {.scaling = Scaling::min_max, .normalization = InstanceNormalization::standard, .strategy = Strategy::recursive},
      gru);
  write<float>("recursive_channels", {.lookback = 9, .horizon = 4, .targets = {2, 0}, .sampling_step = 2},
               {.normalization = InstanceNormalization::last_value,
                .channels = Channels::independent,
                .strategy = Strategy::recursive},
               lstm);
  write<float>("own_layer", {.lookback = 8, .horizon = 1, .targets = {1, 0}}, {}, [](auto& model, Index outputs) {
    model.add(Factors{}).add(Lstm{.units = 4, .returns = Returns::last_step});
    model.add(Factors{}).add(Dense{outputs});
  });
}
