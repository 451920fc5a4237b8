#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

#include <tsattn/core/compiled.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

/// Seconds for people: "0.4 s", "37 s", "2 min 05 s".
std::string duration_text(double seconds);

/// Writes one line for every epoch to a stream: losses, seconds, and a mark where the weights were kept as the best.
///   epoch  7/50  loss 0.00412  val_loss 0.00355  1.2 s  best
class EpochLog {
 public:
  explicit EpochLog(std::ostream& out) : out_(&out) {}

  void on_epoch_end(TrainingRun& run) const;

  void on_train_end(TrainingRun& run) const;

 private:
  std::ostream* out_;
};

/// A line on the terminal (standard error) that shows how far the epoch is, the loss of the last batch and the time
/// left of the whole training, and removes itself. Nothing is shown when standard error is no terminal.
class ProgressBar {
 public:
  void on_train_begin(TrainingRun&);

  void on_batch_end(TrainingRun& run);

  // Before the lines that other callbacks write: pass the bar first.
  void on_epoch_end(TrainingRun&) const { clear(); }
  void on_train_end(TrainingRun&) const { clear(); }

 private:
  using Clock = std::chrono::steady_clock;

  static bool is_terminal();

  void clear() const;

  bool is_shown_ = false;
  Clock::time_point begin_{};
  Clock::time_point last_drawn_{};
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/progress.inl>
#endif
