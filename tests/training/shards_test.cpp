#include <doctest/doctest.h>

#include <tsattn/layers/dense.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/training/shards.hpp>

using namespace tsattn;

TEST_CASE("shards: they cover every batch once, in order, and differ in size by one at most") {
  for (Index batch = 1; batch <= 1000; ++batch) {
    const Index count = shard_count(batch, /*weights=*/batch * batch);
    Index end = 0, smallest = batch, largest = 0;
    for (Index i = 0; i < count; ++i) {
      const IndexRange part = shard(batch, count, i);
      REQUIRE(part.begin == end);
      end = part.end;
      smallest = std::min(smallest, part.size());
      largest = std::max(largest, part.size());
    }
    REQUIRE(end == batch);
    REQUIRE(smallest >= 1);
    REQUIRE(largest - smallest <= 1);
    REQUIRE(count <= 16);
  }
}

TEST_CASE("shards: more samples each for larger models, and no more than 16 of them") {
  CHECK(shard_count(8, 17'000) == 1);
  CHECK(shard_count(9, 17'000) == 2);
  CHECK(shard_count(32, 17'000) == 4);
  CHECK(shard_count(1000, 17'000) == 16);
  CHECK(shard_count(64, 300'000) == 4);
  CHECK(shard_count(64, 1'000'000) == 2);
}

TEST_CASE("shards: their gradients are added in their order") {
  Sequential<float> model(/*features=*/70);
  model.add(Dense{70});  // larger than the blocks in which the sums are taken
  const Workspace<float> workspace(model);
  ShardGradients<float> gradients;
  gradients.resize(3, model.parameter_count());
  const float values[] = {1.0F, 1e8F, -1e8F};
  for (const Index shard : {2, 0, 1}) {
    for (const NamedTensor<float>& tensor : workspace.gradients()) tensor.flat().setConstant(values[shard]);
    gradients.keep(shard, workspace.gradients());
  }
  gradients.sum(workspace.gradients());
  for (const NamedTensor<float>& tensor : workspace.gradients())
    CHECK((tensor.flat().array() == 0.0F).all());  // (1 + 1e8) - 1e8; any other order gives 1
  gradients.resize(1, model.parameter_count());    // a smaller batch
  for (const NamedTensor<float>& tensor : workspace.gradients()) tensor.flat().setConstant(2);
  gradients.keep(0, workspace.gradients());
  gradients.sum(workspace.gradients());
  for (const NamedTensor<float>& tensor : workspace.gradients()) CHECK((tensor.flat().array() == 2.0F).all());
}
