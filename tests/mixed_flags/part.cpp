#include "part.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/model/workspace.hpp>
#include <tsattn/training/trainer.hpp>

// Inside the library's namespace, for OwnWork to be renamed with it in `unmixed`.
namespace tsattn::part {

using mixed_flags::Model;
using mixed_flags::Work;
using Values = std::vector<float>;

struct OwnWork : Work {
  Sequential<float> model;
  Sequence<float> x, target;
  SampleSet<float> data;
  Workspace<float> workspace;

  OwnWork(Sequential<float> layers, Sequence<float> inputs, Sequence<float> targets)
      : model(std::move(layers)), x(std::move(inputs)), target(std::move(targets)), data(x, target), workspace(model) {}
};

namespace {

OwnWork& own(Work& work) { return static_cast<OwnWork&>(work); }

Sequential<float> layers_of(Model kind) {
  Sequential<float> model(mixed_flags::kFeatures, /*seed=*/1);
  const Index units = mixed_flags::kUnits;
#ifdef TSATTN_PART_MAKES_LSTM
  if (kind == Model::lstm) model.add(Lstm{units}).add(AttentionPooling{}).add(Dense{1});
#endif
#ifdef TSATTN_PART_MAKES_GRU
  if (kind == Model::gru) model.add(Gru{units}).add(AttentionPooling{PoolingScore::tanh}).add(Dense{1});
#endif
#ifdef TSATTN_PART_MAKES_ATTENTION
  if (kind == Model::attention) model.add(Rnn{units}).add(LastStepAttention{}).add(Dense{1});
#endif
  return model;
}

Work* make(Model kind) {
  Random random(2);
  Sequence<float> x({mixed_flags::kSteps, mixed_flags::kSamples, mixed_flags::kFeatures});
  Sequence<float> target({1, mixed_flags::kSamples, 1});
  std::generate_n(x.data(), x.size(), [&] { return static_cast<float>(random.uniform(-1, 1)); });
  target.flat() = x.step(0).colwise().sum();
  return new OwnWork(layers_of(kind), std::move(x), std::move(target));
}

void train(Work& work) {
  Trainer<float>(own(work).model, Adam{.learning_rate = 0.01}).fit(own(work).data, {.epochs = 2});
}

Values values_of(const std::vector<NamedTensor<float>>& tensors) {
  Values all;
  for (const NamedTensor<float>& tensor : tensors) all.insert(all.end(), tensor.data, tensor.data + tensor.size());
  return all;
}
Values values_of(const Sequence<float>& y) { return {y.data(), y.data() + y.size()}; }

Values weights(Work& work) { return values_of(own(work).model.parameters()); }

void set_weights(Work& work, const Values& values) {
  const float* next = values.data();
  for (const NamedTensor<float>& tensor : own(work).model.parameters()) {
    std::copy_n(next, tensor.size(), tensor.data);
    next += tensor.size();
  }
}

Values gradients(Work& work) {
  auto& [model, x, target, data, workspace] = own(work);
  Sequence<float> dy = model.forward({&x}, workspace);
  dy.flat() -= target.flat();
  workspace.zero_gradients();
  model.backward({&x}, dy, workspace);
  return values_of(workspace.gradients());
}

Values predict(Work& work) { return values_of(own(work).model.infer({&own(work).x}, own(work).workspace)); }

Values predict_by_copy(const Work& work) {
  OwnWork copy(static_cast<const OwnWork&>(work).model, static_cast<const OwnWork&>(work).x,
               static_cast<const OwnWork&>(work).target);
  return predict(copy);
}

void free(Work* work) { delete static_cast<OwnWork*>(work); }

}  // namespace

}  // namespace tsattn::part

const mixed_flags::Part mixed_flags::TSATTN_PART{
    TSATTN_PART_NAME,          tsattn::part::make,      tsattn::part::train,   tsattn::part::weights,
    tsattn::part::set_weights, tsattn::part::gradients, tsattn::part::predict, tsattn::part::predict_by_copy,
    tsattn::part::free};
