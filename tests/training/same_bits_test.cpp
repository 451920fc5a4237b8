// What changes no bit of a training: the number of threads, the compiler, and the instruction set, if it fuses
// multiplications and additions.

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/dataset.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/difference.hpp"
#include "support/hash_of_weights.hpp"
#include "support/instruction_sets.hpp"
#include "support/random_values.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace {

/// 60 samples of random numbers, which come from operations that every processor rounds alike.
template <class S>
SampleSet<S> random_samples() {
  Random random(1);
  const auto x = random_sequence<S>({9, 60, 3}, random);
  return {x, random_sequence<S>({1, 60, 2}, random)};
}

/// Every kind of layer with weights, in sizes that are whole numbers of no pack.
template <class S>
Sequential<S> model_of_everything() {
  Sequential<S> model(/*features=*/3, /*seed=*/5);
  model.add(Lstm{17}).add(Gru{13}).add(Gru{.units = 11, .reset = GruReset::before_product}).add(Rnn{7});
  model.add(SelfAttention{.score = Score::additive}).add(SelfAttention{.score = Score::general});
  model.add(SelfAttention{.score = Score::scaled_dot, .mask = AttentionMask::causal});
  model.add(AttentionPooling{.score = PoolingScore::tanh}).add(Dense{2});
  return model;
}

template <class S>
std::uint64_t hash_after_training(int threads) {
  Sequential<S> model = model_of_everything<S>();
  const SampleSet<S> data = random_samples<S>();
  Trainer<S>(model).fit(data, {.epochs = 3, .batch_size = 25, .seed = 7, .clip_norm = 0.5, .threads = threads});
  return hash_of_weights(model);
}

/// Found once with g++ 12 and AVX-512; the same for x86-64 with AVX2 and for AArch64, g++ and clang++.
template <class S>
constexpr std::uint64_t kFusedHash = 0;
template <>
constexpr std::uint64_t kFusedHash<float> = 16667036509468924484U;
template <>
constexpr std::uint64_t kFusedHash<double> = 14733466038665767068U;

/// Sums of the last training and validation loss, with the mean squared error and Huber's; found in the same way.
template <class S>
constexpr double kLosses[2] = {0, 0};
template <>
constexpr double kLosses<float>[2] = {0x1.a196355923267p-1, 0x1.683f7bdb1f3aep-2};
template <>
constexpr double kLosses<double>[2] = {0x1.a196363a32ad4p-1, 0x1.683f7cb971bcbp-2};

bool is_fusing() {
  [[maybe_unused]] const InstructionSet set = instruction_set();
#if defined(__aarch64__)
  return set == InstructionSet::generic;
#else
  return set == InstructionSet::avx2 || set == InstructionSet::avx512;
#endif
}

}  // namespace

TEST_CASE_TEMPLATE("training gives the same bits with any number of threads, instruction set and compiler", S, float,
                   double) {
  on_each_instruction_set([] {
    const std::uint64_t hash = hash_after_training<S>(1);
    for (const int threads : {2, 3, 4, 7}) {
      CAPTURE(threads);
      CHECK(hash_after_training<S>(threads) == hash);
    }
    if (is_fusing()) CHECK(hash == kFusedHash<S>);
  });
}

TEST_CASE_TEMPLATE("the losses by which trainings are ended and compared have the same bits, too", S, float, double) {
  const SampleSet<S> data = random_samples<S>();
  const auto last_loss = [&](AnyLoss loss) {
    Sequential<S> model = model_of_everything<S>();
    const History history =
        Trainer<S>(model, Adam{}, std::move(loss)).fit(data, data, {.epochs = 2, .batch_size = 25, .seed = 7});
    return history.epochs.back().loss + *history.epochs.back().validation_loss;
  };
  on_each_instruction_set([&] {
    if (!is_fusing()) return;
    CHECK(last_loss(MeanSquaredError{}) == kLosses<S>[0]);
    CHECK(last_loss(Huber{.delta = 0.5}) == kLosses<S>[1]);
  });
}

TEST_CASE("eight threads of the user's that predict with one const model get the bits of one") {
  const Sequential<float> model = model_of_everything<float>();
  const SampleSet<float> data = random_samples<float>();
  const Sequence<float> expected = predict(model, data, {.batch_size = 20, .threads = 1});
  std::vector<Sequence<float>> found(8);
  std::vector<std::thread> threads;
  for (Sequence<float>& y : found)
    threads.emplace_back([&] { y = predict(model, data, {.batch_size = 20, .threads = 2}); });
  for (std::thread& thread : threads) thread.join();
  for (const Sequence<float>& y : found) CHECK(same_bits(y, expected));
}
