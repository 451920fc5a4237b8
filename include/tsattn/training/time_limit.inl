#pragma once

#include <chrono>
#include <string>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/progress.hpp>
#include <tsattn/training/time_limit.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void TimeLimit::on_train_begin(TrainingRun&) {
  if (!(seconds > 0)) fail<ConfigError>("TimeLimit", "expected seconds above 0, got ", seconds);
  seconds_before = 0;
  begin = Clock::now();
}

TSATTN_LIBRARY_FUNCTION void TimeLimit::on_batch_end(TrainingRun& run) const {
  if (taken() >= seconds) run.stop("the time limit of " + duration_text(seconds) + " is reached");
}

TSATTN_LIBRARY_FUNCTION void TimeLimit::visit_state(StateVisitor& visitor) {
  seconds_before = taken();
  begin = Clock::now();
  visitor.visit("seconds", seconds_before);
}

}  // namespace tsattn
