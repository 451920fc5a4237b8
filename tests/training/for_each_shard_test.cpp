#include <cstddef>
#include <mutex>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/training/evaluation_options.hpp>
#include <tsattn/training/for_each_shard.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;

constexpr Index kSamples = 45;

Sequential<double> small_model() {
  Sequential<double> model(/*features=*/2, /*seed=*/1);
  model.add(Gru{.units = 3, .returns = Returns::last_step}).add(Dense{2});
  return model;
}

SampleSet<double> random_samples() {
  Random random(2);
  return {test::random_sequence<double>({4, kSamples, 2}, random),
          test::random_sequence<double>({1, kSamples, 2}, random)};
}

TEST_CASE("every sample comes once, with its own inputs, target and output, whatever the batches and threads") {
  const Sequential<double> model = small_model();
  const SampleSet<double> data = random_samples();
  std::vector<Index> all(kSamples);
  std::iota(all.begin(), all.end(), Index{0});
  Sequence<double> x, target;
  data.gather(all, x, target);
  const Sequence<double> expected = model.predict({&x});
  for (const Index batch_size : {1, 8, 32, 1000})
    for (const int threads : {1, 3}) {
      CAPTURE(batch_size);
      CAPTURE(threads);
      std::mutex mutex;
      std::vector<int> visits(kSamples);
      int wrong = 0;
      for_each_shard(model, data, {batch_size, threads}, [&](Index begin, ShardMemory<double>& memory) {
        const std::lock_guard lock(mutex);
        const Sequence<double>& y = memory.workspace.output(model.output());
        for (Index b = 0; b < y.batch(); ++b) {
          ++visits[static_cast<std::size_t>(begin + b)];
          const bool is_right =
              test::same_bits(test::sample_of(y, b), test::sample_of(expected, begin + b)) &&
              test::same_bits(test::sample_of(memory.target, b), test::sample_of(target, begin + b)) &&
              test::same_bits(test::sample_of(memory.x()[0], b), test::sample_of(x, begin + b));
          wrong += is_right ? 0 : 1;
        }
      });
      CHECK(visits == std::vector<int>(kSamples, 1));
      CHECK(wrong == 0);
    }
}

TEST_CASE("gathering alone runs no model") {
  const Sequential<double> model = small_model();
  Index samples = 0;
  for_each_gathered_shard(model, static_cast<const Dataset<double>&>(random_samples()),
                          {.batch_size = 10, .threads = 1}, [&](Index begin, ShardMemory<double>& memory) {
                            CHECK(begin == samples);
                            samples += memory.target.batch();
                            CHECK(memory.workspace.output(model.output()).size() == 0);
                          });
  CHECK(samples == kSamples);
}

TEST_CASE("a batch of nothing is refused") {
  const Sequential<double> model = small_model();
  const SampleSet<double> data = random_samples();
  CHECK(EvaluationOptions{}.batch_size == 32);
  CHECK_THROWS_WITH_AS(for_each_shard(model, data, {.batch_size = 0}, [](Index, ShardMemory<double>&) {}),
                       "[EvaluationOptions] expected a batch_size of at least 1, got 0", ConfigError);
}

}  // namespace
