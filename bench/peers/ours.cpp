#include <cstddef>
#include <memory>
#include <vector>

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

/// The first unit's output of every step, the input of which is always the same.
template <class Description>
Work stream_work(const Description& description, const Task& task) {
  ts::Sequential<float> model(task.sizes.features);
  model.add(description);
  std::vector<float> x(static_cast<std::size_t>(task.sizes.features), 0.5F);
  std::vector<float> y(static_cast<std::size_t>(task.sizes.hidden));
  return [stream = model.stream(), x, y]() mutable {
    stream.step(x.data(), y.data());
    return y[0];
  };
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
  const auto work_of = [&](const auto& description) {
    return task.mode == Mode::stream ? stream_work(description, task) : layer_work(description, task);
  };
  if (task.cell == Cell::lstm) return work_of(ts::Lstm{.units = task.sizes.hidden, .initialization = start});
  const auto reset = task.cell == Cell::gru ? ts::GruReset::after_product : ts::GruReset::before_product;
  return work_of(ts::Gru{.units = task.sizes.hidden, .reset = reset, .initialization = start});
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
