#pragma once

#include <chrono>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/callbacks.hpp>

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
  void on_train_begin(TrainingRun&);

  void on_batch_end(TrainingRun& run) const;

  void visit_state(StateVisitor& visitor);

 private:
  double taken() const { return seconds_before + std::chrono::duration<double>(Clock::now() - begin).count(); }
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/time_limit.inl>
#endif
