// A layer and a loss of one's own, and all that the library does with them: gradients checked, a forecaster trained,
// saved, loaded, run row by row, exported as a header, its weights exchanged with PyTorch.
// docs/examples/custom_layer.md goes through it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/forecasting/embedded_forecaster.hpp>
#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/losses/elementwise_loss.hpp>
#include <tsattn/tsattn.hpp>

namespace ts = tsattn;

namespace {

/// What computes a step in an exported header: C++17 that is copied there, see embedded/parts/layer.hpp.
constexpr std::string_view kEmbeddedSmoothing = R"text(
#include <tsattn/embedded/parts/layer.hpp>

namespace custom {
/// y_t = a * y_{t-1} + (1 - a) * x_t, and y_1 = x_1. The weights are a.
template <size_t F>
struct Smoothing {
  static constexpr size_t kInputs = F, kOutputs = F, kWeightCount = F;
  static constexpr bool kReadsSeries = true, kEndsSeries = false;
  using Weights = tsattn::embedded::parts::WeightsOf<F>;
  struct State {
    float y[F];
    bool is_first;
  };
  static void reset(State& state) noexcept { state.is_first = true; }
  static const float* step(const Weights& weights, State& state, const float* x) noexcept {
    for (size_t i = 0; i < F; ++i)
      state.y[i] = state.is_first ? x[i] : weights.values[i] * state.y[i] + (1 - weights.values[i]) * x[i];
    state.is_first = false;
    return state.y;
  }
};
}  // namespace custom
)text";

/// Exponential smoothing of every feature by itself, with a factor that is learned.
///   forward   (1) a = sigmoid(w)                      (2) y_1 = x_1,  y_t = a * y_{t-1} + (1 - a) * x_t
///   backward  (3) s_t = dy_t + a * s_{t+1}            (4) dx_1 = s_1,  dx_t = (1 - a) * s_t
///             (5) dw += a * (1 - a) * sum over t > 1 of s_t * (y_{t-1} - x_t)
template <class S>
class SmoothingLayer {
 public:
  using Scalar = S;

  struct Parameters {
    ts::Vector<S> w;  // [F]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w", self.w);
    }
  };
  using Gradients = Parameters;

  struct Cache {
    ts::Matrix<S> s;  // [F, B]  only backward needs it; here it is allocated once
  };

  explicit SmoothingLayer(ts::Index features) { parameters_.w = ts::Vector<S>(features); }

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  ts::SampleShape output_shape(std::span<const ts::SampleShape> inputs) const { return inputs[0]; }

  void forward(ts::Inputs<S> inputs, ts::Sequence<S>& y, Cache&) const {
    const ts::Sequence<S>& x = inputs[0];
    ts::require_features("Smoothing", "x", x, parameters_.w.size());
    y.resize(x.shape());
    for (ts::Index t = 0; t < x.time(); ++t)
      step(x.batch(), x.step_data(t), t > 0 ? y.step_data(t - 1) : x.step_data(0), y.step_data(t));
  }

  void backward(ts::Inputs<S> inputs, const ts::Sequence<S>& y, const ts::Sequence<S>& dy, Cache& cache,
                Gradients& gradients, ts::InputGradients<S> d_inputs) const {
    ts::require_shape("Smoothing::backward", "dy", dy, y.shape());
    const ts::Sequence<S>& x = inputs[0];
    ts::Sequence<S>* dx = d_inputs[0];
    if (dx != nullptr) dx->resize(x.shape());
    const ts::Index features = x.features(), size = features * x.batch();
    cache.s.resize(features, x.batch());
    cache.s.fill(0);
    S* s = cache.s.data();
    for (ts::Index t = x.time() - 1; t >= 0; --t)
      for (ts::Index i = 0; i < size; ++i) {
        const S a = factor(i % features);
        s[i] = dy.step_data(t)[i] + a * s[i];                                    // (3)
        if (dx != nullptr) dx->step_data(t)[i] = t > 0 ? (1 - a) * s[i] : s[i];  // (4)
        if (t > 0)
          gradients.w(i % features) += a * (1 - a) * s[i] * (y.step_data(t - 1)[i] - x.step_data(t)[i]);  // (5)
      }
  }

  // What follows is optional: each is an ability that the library finds in the layer.

  /// Step by step: y_{t-1} is the state.
  ts::StreamedLayer<S> stream(const ts::StreamContext& context) const {
    ts::require_series(context, "smoothing");
    return {std::make_unique<Stream>(*this, context.batch), context.inputs[0]};
  }

  /// In an exported header. Nothing but a is needed there, so w does not go into it.
  ts::EmbeddedLayer embed(const ts::EmbedContext& context) const {
    ts::EmbeddedLayer layer{.type = ts::embedded_type("custom::Smoothing", context.features),
                            .part = "custom_smoothing",
                            .text = std::string(kEmbeddedSmoothing),
                            .outputs = context.features,
                            .reads_series = true,
                            .state = context.features};
    for (ts::Index f = 0; f < context.features; ++f) layer.weights.push_back(static_cast<float>(factor(f)));
    return layer;
  }

  /// In a module of one's own in PyTorch, whose parameter `logit` [F] is w; in Keras it would be a weight of that name.
  std::vector<ts::ForeignForm> foreign_arrays(const ts::ForeignContext&) const {
    return {{.arrays = {ts::ForeignArray::whole("logit", {"w", parameters_.w})}}};
  }

 private:
  class Stream final : public ts::StreamLayer<S> {
   public:
    Stream(SmoothingLayer layer, ts::Index batch) : layer_(std::move(layer)), batch_(batch) {}
    ts::Index state_size() const override { return layer_.parameters_.w.size() * batch_; }
    void step(const ts::StreamCall<S>& call) const noexcept override {
      layer_.step(batch_, call.inputs[0], call.step > 0 ? call.state : call.inputs[0], call.y);
      std::copy_n(call.y, state_size(), call.state);
    }

   private:
    SmoothingLayer layer_;
    ts::Index batch_;
  };

  S factor(ts::Index feature) const { return 1 / (1 + std::exp(-parameters_.w(feature))); }  // (1)

  /// (2); with x_1 as y_0 the first step is x_1.
  void step(ts::Index batch, const S* x, const S* y_before, S* y) const {
    for (ts::Index f = 0; f < parameters_.w.size(); ++f) {
      const S a = factor(f);
      for (ts::Index i = f; i < parameters_.w.size() * batch; i += parameters_.w.size())
        y[i] = a * y_before[i] + (1 - a) * x[i];
    }
  }

  Parameters parameters_;
};

/// Describes a SmoothingLayer: what a user writes, and a file stores.
struct Smoothing {
  static constexpr std::string_view kKind = "smoothing";

  double factor = 0.5;  ///< a before training, in (0, 1)
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("factor", self.factor);
  }

  /// How many weights there will be: files that say otherwise are refused before there is memory for them.
  ts::SaturatedCount weight_count(const ts::InputSizes& inputs) const { return inputs.features(0); }

  template <class S>
  SmoothingLayer<S> build(const ts::BuildContext& context) const {
    ts::require_inputs(context.where, static_cast<ts::Index>(context.inputs.size()), {1}, "one input x");
    if (!(factor > 0 && factor < 1))
      ts::fail<ts::ConfigError>(context.where, "expected a factor in (0, 1), got ", factor);
    SmoothingLayer<S> layer(context.inputs[0].features);
    layer.parameters().w.fill(static_cast<S>(std::log(factor / (1 - factor))));
    return layer;
  }
};

/// The quantile loss: its smallest value is at the quantile q of the targets, not at their mean.
///   (1) L = sum max(q (z - y), (q - 1) (z - y)) / (T B F)      (2) dy = -q / (T B F) below z, (1 - q) / (T B F) above
struct QuantileLoss {
  static constexpr std::string_view kName = "quantile";

  double quantile = 0.5;

  template <class S>
  double value(const ts::Sequence<S>& y, const ts::Sequence<S>& target, ts::Index batch) const {
    return ts::elementwise_loss::value("QuantileLoss", y, target, batch, [q = quantile](double a, double z) {
      return std::max(q * (z - a), (q - 1) * (z - a));  // (1)
    });
  }

  template <class S>
  void gradient(const ts::Sequence<S>& y, const ts::Sequence<S>& target, ts::Index batch, ts::Sequence<S>& dy) const {
    ts::elementwise_loss::gradient("QuantileLoss", y, target, batch, dy, [q = static_cast<S>(quantile)](S a, S z) {
      return a < z ? -q : 1 - q;  // (2)
    });
  }
};

ts::Sequence<double> random_values(const ts::SequenceShape& shape, std::uint64_t seed) {
  ts::Random random(seed);
  ts::Sequence<double> x(shape);
  std::generate_n(x.data(), x.size(), [&] { return random.normal(); });
  return x;
}

/// Are the gradients those of the values? Several steps and samples, all sizes different.
void check_gradients() {
  const ts::Sequence<double> x = random_values({5, 3, 2}, 1), target = random_values({5, 3, 2}, 2);
  SmoothingLayer<double> layer(2);
  layer.parameters().w = Eigen::Vector2d(0.5, -1);
  const ts::GradientReport of_layer = ts::gradient_check(layer, {&x});
  const ts::GradientReport of_loss = ts::gradient_check(QuantileLoss{0.9}, x, target);
  std::cout << "layer: " << of_layer << "loss:  " << of_loss;
  if (!of_layer.passed() || !of_loss.passed()) throw std::runtime_error("a gradient is not that of its value");
}

/// The share of the last fifth of the series that is below its forecast.
double share_below(const ts::Forecaster<float>& forecaster, const ts::Sequence<double>& series) {
  const auto pairs = forecaster.predict(series, ts::series_parts(series.time()).test);
  return (pairs.actual.flat().array() < pairs.forecast.flat().array()).cast<double>().mean();
}

void run(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  check_gradients();

  // A noisy wave, of which 9 of 10 values shall be below the forecast.
  const auto wave = ts::sine_wave<double>({.length = 2000, .period = 50, .noise = 0.3, .seed = 1});
  ts::Sequential<float> model(ts::SampleShape{.time = 40, .features = 1}, /*seed=*/1);
  model.add(Smoothing{.name = "smoothing"}).add(ts::Gru{.units = 16, .returns = ts::Returns::last_step});
  model.add(ts::Dense{1});
  ts::Forecaster<float> forecaster(std::move(model), {.lookback = 40, .horizon = 1});
  forecaster.fit(wave, ts::series_parts(wave.time()), {.epochs = 20, .seed = 1}, ts::Adam{.learning_rate = 3e-3},
                 QuantileLoss{.quantile = 0.9});
  std::cout << "below the forecast: " << 100 * share_below(forecaster, wave) << " %\n";

  // Saved, and loaded by a registry that knows the layer.
  ts::save_forecaster(folder / "forecaster.safetensors", forecaster);
  auto registry = ts::LayerRegistry<float>::standard();
  registry.add<Smoothing>();
  const ts::Forecaster<float> loaded =
      ts::load_forecaster<float>(folder / "forecaster.safetensors", registry).forecaster;
  const double expected = loaded.forecast(wave)(0, 0, 0);
  std::cout << "forecast: " << expected << '\n';

  // Row by row.
  ts::ForecastStream<float> stream = loaded.stream();
  double row = 0;
  for (ts::Index t = 0; t < wave.time(); ++t) stream.step(&wave(t, 0, 0), &row);
  std::cout << "row by row: " << row << '\n';

  // As a header without the library; the rows that it needs, to compare its forecast.
  ts::write_embedded_header(loaded, folder / "forecaster.hpp", {.name = "forecaster"});
  std::ofstream last_rows(folder / "last_rows.txt");
  for (ts::Index t = wave.time() - 40; t < wave.time(); ++t) last_rows << wave(t, 0, 0) << '\n';

  // With PyTorch's names, and back.
  ts::SafetensorsWriter weights;
  const ts::NamedArrays arrays = ts::to_pytorch(loaded.model());
  for (const auto& [name, array] : arrays) weights.add(name, array.shape, array.values.data());
  weights.save(folder / "pytorch.safetensors");
  ts::Graph<float> other = loaded.model();
  ts::from_pytorch(ts::SafetensorsFile(folder / "pytorch.safetensors").read_all(), other);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : "custom_layer_results");
  } catch (const std::exception& error) {
    std::cerr << "custom_layer: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
