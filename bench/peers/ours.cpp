#include <memory>

#include <tsattn/core/version.hpp>
#include <tsattn/kernels/simd/instruction_set.hpp>
#include <tsattn/tsattn.hpp>

#include "sharded_layer.hpp"
#include "work.hpp"

namespace peers {

namespace {

namespace ts = tsattn;

template <class Description>
Work layer_work(const Description& description, const Task& task) {
  const auto& [name, features, hidden, steps, batch] = task.sizes;
  const auto layer =
      std::make_shared<ShardedLayer<Description>>(description, ts::SequenceShape{steps, batch, features});
  const int threads = task.threads;
  if (task.mode == Mode::infer) return [layer, threads] { return layer->infer(threads); };
  return [layer, threads] { return layer->train(threads); };
}

ts::Sequential<float> sine_wave_model(Index hidden) {
  ts::Sequential<float> model(/*features=*/1);
  model.add(ts::Lstm{hidden}).add(ts::AttentionPooling{}).add(ts::Dense{1});
  return model;
}

/// The sine-wave example: an epoch of one batch. What `fit` does once per call is counted to the step.
struct SineWaveTraining {
  explicit SineWaveTraining(const Task& task)
      : wave(ts::sine_wave<float>({.length = task.sizes.steps + task.sizes.batch})),
        windows(wave, {.lookback = task.sizes.steps}),
        model(sine_wave_model(task.sizes.hidden)),
        trainer(model, ts::Adam{}),
        options{.batch_size = task.sizes.batch, .threads = task.threads} {}
  SineWaveTraining(const SineWaveTraining&) = delete;  // the members refer to each other
  SineWaveTraining& operator=(const SineWaveTraining&) = delete;

  double step() { return trainer.fit(windows, options).epochs.back().loss; }

  ts::Sequence<float> wave;
  ts::Windows<float> windows;
  ts::Sequential<float> model;
  ts::Trainer<float> trainer;
  ts::FitOptions options;
};

Work prepare(const Task& task) {
  if (task.mode == Mode::step) {
    const auto training = std::make_shared<SineWaveTraining>(task);
    return [training] { return training->step(); };
  }
  // Random biases too, so that no number is 0.
  const auto start = ts::Initialization::pytorch;
  if (task.cell == Cell::lstm) return layer_work(ts::Lstm{.units = task.sizes.hidden, .initialization = start}, task);
  const auto reset = task.cell == Cell::gru ? ts::GruReset::after_product : ts::GruReset::before_product;
  return layer_work(ts::Gru{.units = task.sizes.hidden, .reset = reset, .initialization = start}, task);
}

}  // namespace

Library tsattn_library() {
  const auto number = [](int part) { return std::to_string(part); };
  return {"ours",
          "tsattn " + number(TSATTN_VERSION_MAJOR) + '.' + number(TSATTN_VERSION_MINOR) + '.' +
              number(TSATTN_VERSION_PATCH) + ", kernels for " + std::string(ts::name_of(ts::instruction_set())),
          [](int) {},  // every call is told
          prepare};
}

}  // namespace peers
