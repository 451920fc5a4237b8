#include <cstddef>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/kernels/parallel.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/allocation_count.hpp"

using namespace tsattn;

namespace {

struct AllocationsByBatch {
  std::vector<long> so_far;

  void on_train_begin(TrainingRun& run) { so_far.reserve(static_cast<std::size_t>(run.batches)); }
  void on_batch_end(TrainingRun&) { so_far.push_back(test::allocation_count); }
};

/// What the OpenMP runtime itself allocates for a parallel region, if it has had one before: libgomp nothing, LLVM's a
/// little.
long allocations_of_empty_region(Index count, int threads) {
  const auto nothing = [](Index, Index) {};
  kernels::parallel_for(count, threads, nothing);
  const long before = test::allocation_count;
  kernels::parallel_for(count, threads, nothing);
  return test::allocation_count - before;
}

}  // namespace

TEST_CASE("training allocates nothing after its first batch, Eigen included" *
          doctest::skip(!test::kCountsAllocations)) {
  const auto wave = sine_wave<float>({.length = 138, .period = 12, .noise = 0.05, .seed = 2});
  const Windows<float> data(wave, {.lookback = 10});  // 128 samples: every batch is whole
  Sequential<float> model(/*features=*/1);
  model.add(Lstm{9}).add(AttentionPooling{}).add(Dense{1});
  AllocationsByBatch allocations;
  Trainer<float>(model).fit(data,
                            {.batch_size = 32, .clip_norm = 1, .threads = 2, .callbacks = {std::ref(allocations)}});
  REQUIRE(allocations.so_far.size() == 4);
  CHECK(allocations.so_far[3] - allocations.so_far[0] == 3 * allocations_of_empty_region(4, 2));
}
