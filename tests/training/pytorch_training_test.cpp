// PyTorch's training loop, step by step: the same weights, batches and Adam, 200 steps in double, with and without
// clipping.

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
#include <tsattn/training/trainer.hpp>

#include "support/stored_vectors.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("Trainer gives PyTorch's losses, gradient norms and weights over 200 steps of Adam") {
  for (const Json& test_case : stored_cases("training_adam")) {
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
    Trainer<double> trainer(model, Adam{.learning_rate = options.at("learning_rate"),
                                        .beta1 = options.at("beta1"),
                                        .beta2 = options.at("beta2"),
                                        .epsilon = options.at("epsilon")});
    trainer.fit(data, {.epochs = updates * batch_size / data.size(),
                       .batch_size = batch_size,
                       .shuffle = Shuffle::never,
                       .clip_norm = max_norm.is_null() ? 0 : max_norm.get<double>(),
                       .callbacks = {Record{&losses, &norms}}});

    // Each step amplifies the rounding of the steps before it by what the loss surface demands; 1e-10 is what the
    // project promises, and 4e-15 (losses) and 5e-14 (norms) were seen.
    const auto worst = [](const std::vector<double>& ours, const Json& theirs) {
      REQUIRE(ours.size() == theirs.size());
      double error = 0;
      for (std::size_t i = 0; i < ours.size(); ++i) {
        const double relative = std::abs(ours[i] / theirs[i].get<double>() - 1);
        if (!(relative <= error)) error = relative;
      }
      return error;
    };
    CHECK(worst(losses, test_case.at("losses").at("values")) <= 1e-10);
    CHECK(worst(norms, test_case.at("gradient_norms").at("values")) <= 1e-10);
    for (const NamedTensor<double>& parameter : model.parameters()) {
      INFO(parameter.name);
      const StoredTensor ours(parameter), theirs(test_case.at("final_parameters").at(parameter.name));
      // The gradient of the pooling's bias is 0, and ours stays where it is; PyTorch's drifts with rounding noise.
      const double tolerance = parameter.name == "attention_pooling.b" ? 1e-9 : 1e-10;
      for (std::size_t i = 0; i < ours.values.size(); ++i)
        CHECK(std::abs(ours.values[i] - theirs.values[i]) <= tolerance);
    }
  }
}
