// PyTorch's training loop, step by step: the same weights, batches and optimizer, 200 steps in double, with and
// without clipping.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/stored_vectors.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace {

/// Trains on the cases of vectors/<file>.json with the optimizer that make() gives for their options, and compares
/// every loss, every gradient norm and the final weights.
template <class Make>
void check_training(const std::string& file, const Make& make) {
  for (const Json& test_case : stored_cases(file)) {
    INFO(test_case.at("name").get<std::string>());
    const Json& options = test_case.at("options");
    Sequential<double> model(options.at("features").get<Index>());
    model.add(Lstm{options.at("hidden")}).add(AttentionPooling{}).add(Dense{1});
    for (const NamedTensor<double>& parameter : model.parameters())
      StoredTensor(test_case.at("initial_parameters").at(parameter.name)).copy_to(parameter);
    const SampleSet<double> data(StoredTensor(test_case.at("data").at("x")).to_sequence<double>(),
                                 StoredTensor(test_case.at("data").at("y")).to_sequence<double>());

    struct Record {
      std::vector<double>*losses, *norms;
      void on_batch_end(TrainingRun& run) const {
        losses->push_back(run.batch_loss);
        norms->push_back(run.gradient_norm);
      }
    };
    std::vector<double> losses, norms;
    const Index batch_size = options.at("batch_size"), updates = options.at("updates");
    const Json& max_norm = options.at("max_norm");
    Trainer<double> trainer(model, make(options));
    trainer.fit(data, {.epochs = updates * batch_size / data.size(),
                       .batch_size = batch_size,
                       .shuffle = Shuffle::never,
                       .clip_norm = max_norm.is_null() ? 0 : max_norm.get<double>(),
                       .callbacks = {Record{&losses, &norms}}});

    // Each step amplifies the rounding of the steps before it by what the loss surface demands; 1e-10 is what the
    // project promises, and 5e-15 (losses) and 6e-14 (norms) were seen.
    const auto worst = [](const std::vector<double>& ours, const Json& theirs) {
      REQUIRE(ours.size() == theirs.size());
      double error = 0;
      for (std::size_t i = 0; i < ours.size(); ++i) {
        const double relative = std::abs(ours[i] / theirs[i].get<double>() - 1);
        if (relative > error || std::isnan(relative)) error = relative;  // a NaN stays
      }
      return error;
    };
    CHECK(worst(losses, test_case.at("losses").at("values")) <= 1e-10);
    CHECK(worst(norms, test_case.at("gradient_norms").at("values")) <= 1e-10);
    for (const NamedTensor<double>& parameter : model.parameters()) {
      INFO(parameter.name);
      const StoredTensor ours(parameter), theirs(test_case.at("final_parameters").at(parameter.name));
      // The gradient of the pooling's bias is 0, and nothing but a decay moves ours; PyTorch's drifts with rounding
      // noise.
      const double tolerance = parameter.name == "attention_pooling.b" ? 1e-9 : 1e-10;
      for (std::size_t i = 0; i < ours.values.size(); ++i)
        CHECK(std::abs(ours.values[i] - theirs.values[i]) <= tolerance);
    }
  }
}

}  // namespace

TEST_CASE("Trainer gives PyTorch's losses, gradient norms and weights over 200 steps of Adam") {
  check_training("training_adam", [](const Json& options) {
    return Adam{.learning_rate = options.at("learning_rate"),
                .beta1 = options.at("beta1"),
                .beta2 = options.at("beta2"),
                .epsilon = options.at("epsilon"),
                .l2 = options.value("l2", 0.0)};
  });
}

TEST_CASE("Trainer gives PyTorch's losses, gradient norms and weights over 200 steps of AdamW") {
  check_training("training_adam_w", [](const Json& options) {
    return AdamW{.learning_rate = options.at("learning_rate"),
                 .beta1 = options.at("beta1"),
                 .beta2 = options.at("beta2"),
                 .epsilon = options.at("epsilon"),
                 .weight_decay = options.at("weight_decay")};
  });
}

TEST_CASE("Trainer gives PyTorch's losses, gradient norms and weights over 200 steps of RmsProp") {
  check_training("training_rms_prop", [](const Json& options) {
    return RmsProp{.learning_rate = options.at("learning_rate"),
                   .alpha = options.at("alpha"),
                   .epsilon = options.at("epsilon"),
                   .momentum = options.at("momentum"),
                   .l2 = options.value("l2", 0.0)};
  });
}

TEST_CASE("Trainer gives PyTorch's losses, gradient norms and weights over 200 steps of Sgd") {
  check_training("training_sgd", [](const Json& options) {
    return Sgd{.learning_rate = options.at("learning_rate"),
               .momentum = options.at("momentum"),
               .nesterov = options.at("nesterov"),
               .l2 = options.value("l2", 0.0)};
  });
}
