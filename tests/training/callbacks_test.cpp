// What a Callback is made from, and what a TrainingRun tells it. How a training calls them is in trainer_test.cpp.

#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/training/callbacks.hpp>

#include "support/fake_run.hpp"

namespace {

using namespace tsattn;
using test::FakeRun;

/// Hears everything.
struct Everything {
  std::vector<std::string>* heard;

  void on_train_begin(TrainingRun&) { heard->emplace_back("train begin"); }
  void on_batch_begin(TrainingRun&) { heard->emplace_back("batch begin"); }
  void on_batch_end(TrainingRun&) { heard->emplace_back("batch end"); }
  void on_epoch_end(TrainingRun&) { heard->emplace_back("epoch end"); }
  void on_train_end(TrainingRun&) { heard->emplace_back("train end"); }
  void on_resume(TrainingRun&) { heard->emplace_back("resume"); }
  void on_checkpoint(TrainingRun&) { heard->emplace_back("checkpoint"); }
};

/// Hears the end of a batch alone, and counts.
struct Counter {
  int batches = 0;
  void on_batch_end(TrainingRun&) { ++batches; }
};

void tell_all(const Callback& callback, TrainingRun& run) {
  callback.on_train_begin(run), callback.on_resume(run), callback.on_batch_begin(run), callback.on_batch_end(run);
  callback.on_epoch_end(run), callback.on_checkpoint(run), callback.on_train_end(run);
}

TEST_CASE("a callback is told what it has a function for, and nothing else") {
  FakeRun run;
  std::vector<std::string> heard;
  tell_all(Everything{&heard}, run);
  CHECK(heard == std::vector<std::string>{"train begin", "resume", "batch begin", "batch end", "epoch end",
                                          "checkpoint", "train end"});
  Counter counter;
  tell_all(std::ref(counter), run);
  CHECK(counter.batches == 1);
}

TEST_CASE("a function is called at the end of every epoch") {
  FakeRun run;
  int calls = 0;
  tell_all([&](TrainingRun& told) { calls += &told == &run ? 1 : 100; }, run);
  CHECK(calls == 1);
}

TEST_CASE("copies of a callback share the value; one that is made from a value has its own") {
  FakeRun run;
  Counter counter;
  const Callback own = counter, copy = own;
  own.on_batch_end(run), copy.on_batch_end(run);
  CHECK(counter.batches == 0);
  std::vector<std::string> heard;
  const Callback one = Everything{&heard}, same = one;
  one.on_train_begin(run), same.on_train_end(run);
  CHECK(heard.size() == 2);
}

TEST_CASE("the first reason to stop is kept") {
  FakeRun run;
  CHECK(!run.is_stopping());
  run.stop("one"), run.stop("another");
  CHECK(run.is_stopping());
  CHECK(run.history.stop_reason == "one");
}

TEST_CASE("batches are counted through the epochs") {
  FakeRun run;
  run.batches = 10, run.epoch = 1, run.batch = 1;
  CHECK(run.step() == 1);
  run.epoch = 3, run.batch = 4;
  CHECK(run.step() == 24);
}

TEST_CASE("the learning rate is scaled from what it is") {
  FakeRun run;
  run.rate = 0.5;
  run.scale_learning_rate(0.5), run.scale_learning_rate(0.5);
  CHECK(run.rate == 0.125);
}

}  // namespace
