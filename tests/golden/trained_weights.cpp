// trained_weights <folder>
//
// Trains a fixed set of small models and writes the weights of each to <folder>/<name>.bin, as they lie in memory:
// trained_weights.cmake compares the files with sums that were written down once. All numbers that go in are of Random,
// which gives the same ones everywhere.

#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/training/learning_rate.hpp>
#include <tsattn/training/trainer.hpp>

namespace {

using namespace tsattn;

/// Trains models of one precision and writes their weights.
template <class S>
class Golden {
 public:
  explicit Golden(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void run() {
    cells();
    attention();
    layers_without_weights();
    optimizers();
    losses();
    forecasters();
  }

 private:
  static constexpr Index kFeatures = 3;

  void cells() {
    train("rnn", chain(Rnn{7}));
    train("lstm", chain(Lstm{7}));
    train("gru_after_product", chain(Gru{7}));
    train("gru_before_product", chain(Gru{.units = 7, .reset = GruReset::before_product}));
    train("lstm_two_biases", chain(Lstm{.units = 5, .bias = RecurrentBias::two}));
    train("lstm_17_units_pytorch", chain(Lstm{.units = 17, .initialization = Initialization::pytorch}));
    train("bidirectional_rnn", chain(Bidirectional{Rnn{5}}));
    train("bidirectional_lstm", chain(Bidirectional{Lstm{5}}));
    train("bidirectional_gru", chain(Bidirectional{Gru{5}}));
    train("stacked_cells", [] {
      Sequential<S> model(kFeatures, 3);
      model.add(Lstm{9}).add(Gru{6}).add(Rnn{.units = 5, .returns = Returns::last_step}).add(Dense{2});
      return model;
    }());
    train("last_step_only", chain(Lstm{.units = 6, .returns = Returns::last_step}));
    train("initial_state", with_initial_state());
  }

  void attention() {
    for (const auto& [name, score] : EnumNames<Score>::kNames) {
      train("self_attention_" + std::string(name), attending(SelfAttention{.score = score}));
      train("causal_attention_" + std::string(name),
            attending(SelfAttention{.score = score, .mask = AttentionMask::causal}));
    }
    train("last_step_attention", attending(LastStepAttention{}));
    train("luong_attention", attending(LuongAttention{.units = 5}));
    train("pooling_tanh", attending(AttentionPooling{.score = PoolingScore::tanh, .units = 4}));
  }

  void layers_without_weights() {
    train("dropout", attending(Dropout{.rate = 0.3}));
    train("dropout_shared_over_time", attending(Dropout{.rate = 0.3, .shared_over_time = true}));
    train("recurrent_dropout_lstm", chain(Lstm{.units = 6, .recurrent_dropout = 0.25}));
    train("recurrent_dropout_gru", chain(Gru{.units = 6, .recurrent_dropout = 0.25}));
    train("segments", attending(Segments{.width = 4}));
    train("relu_sigmoid", [] {
      Sequential<S> model(kFeatures, 3);
      model.add(Dense{8}).add(Activation{ActivationFunction::relu}).add(LastStep{}).add(Dense{5});
      model.add(Activation{ActivationFunction::sigmoid}).add(Dense{2});
      return model;
    }());
  }

  void optimizers() {
    train("adam_l2", chain(Gru{6}), Adam{.learning_rate = 3e-3, .l2 = 1e-2});
    train("adam_w", chain(Gru{6}), AdamW{.weight_decay = 0.1});
    train("rms_prop_momentum", chain(Gru{6}), RmsProp{.momentum = 0.5});
    train("sgd", chain(Gru{6}), Sgd{.l2 = 1e-2});
    train("sgd_nesterov", chain(Gru{6}), Sgd{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true});
  }

  void losses() {
    train("mean_absolute_error", chain(Gru{6}), Adam{}, MeanAbsoluteError{});
    train("huber", chain(Gru{6}), Adam{}, Huber{.delta = 0.3});
    train("binary_cross_entropy", chain(Gru{6}), Adam{}, BinaryCrossEntropy{.positive_weight = 2}, true);
    train("softmax_cross_entropy", chain(Gru{6}), Adam{}, SoftmaxCrossEntropy{{1, 2}}, true);
  }

  void forecasters() {
    using Normalization = InstanceNormalization;
    fit("forecaster_direct", {}, {.lookback = 12, .horizon = 3});
    fit("forecaster_minmax", {.scaling = Scaling::min_max}, {.lookback = 12, .horizon = 3, .sampling_step = 2});
    fit("forecaster_last_value", {.normalization = Normalization::last_value}, {.lookback = 12, .horizon = 3});
    fit("forecaster_standard", {.normalization = Normalization::standard}, {.lookback = 12, .horizon = 3});
    fit("forecaster_independent", {.normalization = Normalization::standard, .channels = Channels::independent},
        {.lookback = 12, .horizon = 3});
    fit("forecaster_recursive", {.strategy = Strategy::recursive}, {.lookback = 12, .horizon = 3});
    fit("forecaster_known_future", {}, {.lookback = 12, .horizon = 3, .known_future = {1}});
  }

  /// The cell between the input and a head of two outputs.
  template <class Description>
  static Sequential<S> chain(const Description& cell) {
    Sequential<S> model(kFeatures, 1);
    model.add(cell).add(AttentionPooling{}).add(Dense{2});
    return model;
  }

  /// The layer or block after a cell.
  template <class Description>
  static Sequential<S> attending(const Description& description) {
    Sequential<S> model(kFeatures, 2);
    model.add(Gru{6}).add(description).add(AttentionPooling{}).add(Dense{2});
    return model;
  }

  /// A graph in which one cell begins where another ends.
  static Graph<S> with_initial_state() {
    Graph<S> model(4);
    const NodeId x = model.input({.features = kFeatures});
    const NodeId first = model.add(Gru{.units = 6, .returns = Returns::last_step}, {x});
    const NodeId second = model.add(Gru{6}, {x, first});
    const NodeId query = model.add(LastStep{}, {second});
    const NodeId context = model.add(Attention{.score = Score::additive, .units = 5}, {query, second, second});
    model.add(Dense{2}, {model.add(Concatenate{}, {context, first})});
    return model;
  }

  /// On 50 samples of random numbers, in batches of which the last is smaller.
  void train(const std::string& name, Graph<S> model, AnyOptimizer<S> optimizer = Adam{},
             AnyLoss loss = MeanSquaredError{}, bool are_classes = false) {
    Random random(11);
    Sequence<S> x({12, 50, kFeatures}), target({1, 50, 2});
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<S>(random.uniform(-2, 2));
    for (Index i = 0; i < target.size(); ++i) target.data()[i] = static_cast<S>(random.uniform(-1, 1));
    if (are_classes)
      for (Index b = 0; b < 50; ++b) target(0, b, 1) = 1 - (target(0, b, 0) = x(11, b, 0) > x(0, b, 1) ? 1 : 0);
    const SampleSet<S> data(std::move(x), std::move(target));
    Trainer trainer(model, std::move(optimizer), std::move(loss));
    trainer.fit(
        data,
        {.epochs = 3, .batch_size = 21, .seed = 7, .clip_norm = 0.5, .callbacks = {ExponentialDecay{.factor = 0.8}}});
    save(name, model);
  }

  void fit(const std::string& name, const ForecastOptions& options, const WindowOptions& windows) {
    Random random(13);
    Sequence<double> series({140, 1, 2});
    double level = 10;
    for (Index t = 0; t < series.time(); ++t) {
      level += random.uniform(-1, 1);
      series(t, 0, 0) = level;
      series(t, 0, 1) = static_cast<double>(t % 7) + random.uniform(0, 0.5);
    }
    const bool alone = options.channels == Channels::independent || !windows.known_future.empty();
    const Index inputs = options.channels == Channels::independent ? 1 : 2;
    const Index steps = options.strategy == Strategy::recursive ? 1 : windows.horizon;
    Sequential<S> model(inputs, 5);
    model.add(Lstm{6}).add(AttentionPooling{}).add(Dense{steps * (alone ? 1 : 2)});
    Forecaster<S> forecaster(model, windows, options);
    forecaster.fit(series, {.epochs = 2, .seed = 3});
    save(name, forecaster.model());
  }

  void save(const std::string& name, Graph<S>& model) {
    const std::string precision = std::is_same_v<S, float> ? "float" : "double";
    std::ofstream file(folder_ / (name + "." + precision + ".bin"), std::ios::binary);
    for (const NamedTensor<S>& tensor : model.parameters())
      file.write(reinterpret_cast<const char*>(tensor.data),
                 static_cast<std::streamsize>(static_cast<std::size_t>(tensor.size()) * sizeof(S)));
    file.flush();
    if (!file) throw std::runtime_error("expected to write the weights of " + name);
  }

  std::filesystem::path folder_;
};

}  // namespace

int main(int count, char** arguments) try {
  if (count != 2) {
    std::cerr << "usage: trained_weights <folder>\n";
    return 2;
  }
  std::filesystem::create_directories(arguments[1]);
  Golden<float>(arguments[1]).run();
  Golden<double>(arguments[1]).run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
