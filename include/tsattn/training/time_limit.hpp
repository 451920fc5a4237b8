#pragma once

#include <chrono>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/progress.hpp>

namespace tsattn {

/// Ends training after the first batch at whose end it has taken `seconds` or longer. A training that goes on from a
/// checkpoint counts what it had taken until then, not the time in between.
///
///   TimeLimit{.seconds = 90}        TimeLimit::of(std::chrono::hours(2))
struct TimeLimit {
  using Clock = std::chrono::steady_clock;

  double seconds = 0;  ///< above 0

  // How it stands; reset when a training begins.
  double seconds_before = 0;  ///< how long the training had taken when it was interrupted
  Clock::time_point begin{};  ///< since when it goes on

  static TimeLimit of(std::chrono::duration<double> limit) { return {.seconds = limit.count()}; }

  /// Throws ConfigError unless seconds are above 0.
  void on_train_begin(TrainingRun&) {
    if (!(seconds > 0)) fail<ConfigError>("TimeLimit", "expected seconds above 0, got ", seconds);
    seconds_before = 0;
    begin = Clock::now();
  }

  void on_batch_end(TrainingRun& run) const {
    if (taken() >= seconds) run.stop("the time limit of " + duration_text(seconds) + " is reached");
  }

  void visit_state(StateVisitor& visitor) {
    seconds_before = taken();
    begin = Clock::now();
    visitor.visit("seconds", seconds_before);
  }

 private:
  double taken() const { return seconds_before + std::chrono::duration<double>(Clock::now() - begin).count(); }
};

}  // namespace tsattn
