#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <string>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/progress.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::string duration_text(double seconds) {
  std::ostringstream text;
  if (seconds < 9.95) {
    text << std::fixed << std::setprecision(1) << seconds << " s";
  } else if (seconds < 59.5) {
    text << std::lround(seconds) << " s";
  } else {
    const long whole = std::lround(seconds);
    text << whole / 60 << " min " << std::setw(2) << std::setfill('0') << whole % 60 << " s";
  }
  return text.str();
}

TSATTN_LIBRARY_FUNCTION void EpochLog::on_epoch_end(TrainingRun& run) const {
  const EpochRecord& record = run.history.epochs.back();
  const std::string last = std::to_string(run.epochs);
  std::ostringstream line;  // composed apart, so that the stream's own format stays as it was
  line << "epoch " << std::setw(static_cast<int>(last.size())) << record.epoch << '/' << last << "  loss "
       << std::scientific << std::setprecision(4) << record.loss;
  if (record.validation_loss) line << "  val_loss " << *record.validation_loss;
  line << "  " << duration_text(record.seconds);
  if (run.history.best_epoch == record.epoch) line << "  best";
  *out_ << line.str() << std::endl;
}

TSATTN_LIBRARY_FUNCTION void EpochLog::on_train_end(TrainingRun& run) const {
  if (run.is_stopping()) *out_ << "stopped: " << run.history.stop_reason << std::endl;
}

TSATTN_LIBRARY_FUNCTION void ProgressBar::on_train_begin(TrainingRun&) {
  is_shown_ = is_terminal();
  begin_ = last_drawn_ = Clock::now();
}

TSATTN_LIBRARY_FUNCTION void ProgressBar::on_batch_end(TrainingRun& run) {
  if (!is_shown_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_drawn_ < std::chrono::milliseconds(100) && run.batch < run.batches) return;
  last_drawn_ = now;
  const double done = static_cast<double>((run.epoch - 1) * run.batches + run.batch);
  const double all = static_cast<double>(run.epochs * run.batches);
  const double left = std::chrono::duration<double>(now - begin_).count() * (all - done) / done;
  constexpr Index kWidth = 30;
  const auto filled = static_cast<std::size_t>(kWidth * run.batch / run.batches);
  std::fprintf(stderr, "\r\033[Kepoch %td/%td [%s%s] batch %td/%td  loss %.3e  %s left at most", run.epoch, run.epochs,
               std::string(filled, '=').c_str(), std::string(static_cast<std::size_t>(kWidth) - filled, ' ').c_str(),
               run.batch, run.batches, run.batch_loss, duration_text(left).c_str());
  std::fflush(stderr);
}

TSATTN_LIBRARY_FUNCTION void ProgressBar::clear() const {
  if (!is_shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

TSATTN_LIBRARY_FUNCTION bool ProgressBar::is_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stderr)) != 0;
#else
  return isatty(STDERR_FILENO) != 0;
#endif
}

}  // namespace tsattn
