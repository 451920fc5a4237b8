#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/training/early_stopping.hpp>

#include "support/fake_run.hpp"

using namespace tsattn;
using test::FakeRun;

namespace {

/// Feeds the losses of one epoch after the other to `stopping`, until it stops.
FakeRun train(EarlyStopping stopping, const std::vector<double>& losses, bool as_validation = true) {
  FakeRun run;
  stopping.on_train_begin(run);
  for (const double loss : losses) {
    ++run.epoch;
    run.history.epochs.push_back({run.epoch, as_validation ? 100 - static_cast<double>(run.epoch) : loss,
                                  as_validation ? std::optional(loss) : std::nullopt, 0});
    stopping.on_epoch_end(run);
    if (run.is_stopping()) break;
  }
  stopping.on_train_end(run);
  return run;
}

}  // namespace

TEST_CASE(
    "EarlyStopping: stops after `patience` epochs without a smaller validation loss, and keeps the best weights") {
  const FakeRun run = train({.patience = 2}, {5, 3, 4, 2, 3, 2.5, 1});
  CHECK(run.epoch == 6);
  CHECK(run.kept == std::vector<Index>{1, 2, 4});
  CHECK(run.restored == 1);
  CHECK(run.history.stop_reason == "no smaller validation loss than 2 for 2 epochs");
}

TEST_CASE("EarlyStopping: the best weights come back also when training reaches its last epoch") {
  const FakeRun run = train({.patience = 10}, {5, 3, 4, 4, 4});
  CHECK(run.kept == std::vector<Index>{1, 2});
  CHECK(run.restored == 1);
  CHECK_FALSE(run.is_stopping());
}

TEST_CASE("EarlyStopping: an equal loss is not better, nor is one that is smaller by no more than min_delta") {
  CHECK(train({.patience = 1}, {5, 5, 1}).epoch == 2);
  CHECK(train({.patience = 1, .min_delta = 0.5}, {5, 4.5, 1}).epoch == 2);
  CHECK(train({.patience = 1, .min_delta = 0.5}, {5, 4.4, 1}).epoch == 3);
}

TEST_CASE("EarlyStopping: without validation data it watches the training loss") {
  const FakeRun run = train({.patience = 1}, {5, 6, 1}, false);
  CHECK(run.epoch == 2);
  CHECK(run.history.stop_reason == "no smaller loss than 5 for 1 epoch");
}

TEST_CASE("EarlyStopping: a loss that is NaN is no better loss") {
  CHECK(train({.patience = 2}, {5, std::nan(""), std::nan(""), 1}).kept == std::vector<Index>{1});
}

TEST_CASE("EarlyStopping: it starts anew with every training") {
  EarlyStopping stopping{.patience = 1};
  FakeRun first, second;
  for (FakeRun* run : {&first, &second}) {
    stopping.on_train_begin(*run);
    run->epoch = 1;
    run->history.epochs.push_back({1, 0, run == &first ? 1.0 : 9.0, 0});
    stopping.on_epoch_end(*run);
  }
  CHECK(second.kept == std::vector<Index>{1});
}

TEST_CASE("EarlyStopping: errors") {
  FakeRun run;
  CHECK_THROWS_WITH_AS((EarlyStopping{.patience = 0}).on_train_begin(run),
                       "[EarlyStopping] expected a patience of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS((EarlyStopping{.min_delta = -1}).on_train_begin(run),
                       "[EarlyStopping] expected a min_delta of at least 0, got -1", ConfigError);
}
