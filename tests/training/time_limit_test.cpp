#include <chrono>
#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/training/time_limit.hpp>

#include "support/fake_run.hpp"

using namespace tsattn;
using test::FakeRun;

TEST_CASE("TimeLimit: stops after the batch that reaches it, and says so") {
  TimeLimit limit{.seconds = 125};
  FakeRun run;
  limit.on_train_begin(run);
  limit.on_batch_end(run);
  CHECK_FALSE(run.is_stopping());
  limit.begin -= std::chrono::seconds(120);
  limit.on_batch_end(run);
  CHECK_FALSE(run.is_stopping());
  limit.begin -= std::chrono::seconds(5);
  limit.on_batch_end(run);
  CHECK(run.history.stop_reason == "the time limit of 2 min 05 s is reached");
  limit.on_train_begin(run);
  CHECK(TimeLimit::Clock::now() - limit.begin < std::chrono::seconds(60));
}

TEST_CASE("TimeLimit: durations of the standard library") {
  CHECK(TimeLimit::of(std::chrono::hours(2)).seconds == 7200);
  CHECK(TimeLimit::of(std::chrono::milliseconds(1500)).seconds == 1.5);
}

TEST_CASE("TimeLimit: errors") {
  FakeRun run;
  CHECK_THROWS_WITH_AS(TimeLimit{}.on_train_begin(run), "[TimeLimit] expected seconds above 0, got 0", ConfigError);
  CHECK_THROWS_WITH_AS((TimeLimit{.seconds = std::nan("")}).on_train_begin(run),
                       "[TimeLimit] expected seconds above 0, got nan", ConfigError);
}
