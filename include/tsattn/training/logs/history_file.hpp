#pragma once

#include <filesystem>
#include <iosfwd>
#include <utility>

#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

/// Keeps a file with the history of a training, as `Format::write(std::ostream&, const History&)` has it: written
/// before the first batch, so that a path that cannot be written is known then, and after every epoch. Each time the
/// whole file is replaced in one step, so it holds every epoch once, also those before an interruption of the training,
/// and whoever reads it finds all of a line. Throws as write_file_atomically.
template <class Format>
class HistoryFile {
 public:
  explicit HistoryFile(std::filesystem::path path) : path_(std::move(path)) {}

  void on_train_begin(TrainingRun&) { is_begun_ = false; }
  void on_batch_begin(TrainingRun& run) {
    if (!is_begun_) write(run);
    is_begun_ = true;
  }
  // When every callback has seen the epoch: one may have stopped the training, or marked the epoch as the best.
  void on_checkpoint(TrainingRun& run) const {
    if (run.is_epoch_end) write(run);
  }

 private:
  void write(const TrainingRun& run) const {
    write_file_atomically(path_, [&](std::ostream& out) { Format::write(out, run.history); });
  }

  std::filesystem::path path_;
  bool is_begun_ = false;
};

}  // namespace tsattn
