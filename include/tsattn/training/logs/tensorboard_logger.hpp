#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/event_file.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

struct TensorBoardOptions {
  std::filesystem::path folder = {};  ///< is made if there is none; `tensorboard --logdir` names it or one above it
  Index every_batches = 0;            ///< write the numbers of one batch in so many too; 0: of epochs only
  std::string name = "tsattn";        ///< the end of the file's name, for which others use the name of the machine
};

/// Writes the numbers of a training for TensorBoard, to a new file <folder>/events.out.tfevents.<seconds>.<name>:
///   epoch/loss, epoch/validation_loss, epoch/learning_rate, epoch/gradient_norm       step: the number of the epoch
///   batch/loss, batch/learning_rate, batch/gradient_norm     step: the number of the batch in the training, from 1
/// Each is in the file as soon as it is known, so TensorBoard shows a training that runs. A training that goes on from
/// a checkpoint begins another file in the folder; TensorBoard shows them as one curve.
class TensorBoardLogger {
 public:
  explicit TensorBoardLogger(TensorBoardOptions options) : options_(std::move(options)) {}

  /// Throws ConfigError without a folder, for every_batches below 0 or a name that cannot end a file's.
  void on_train_begin(TrainingRun&);

  /// Throws IoError if the file cannot be made or written; so do the functions below.
  void on_batch_begin(TrainingRun&) { begin_file(); }

  void on_batch_end(TrainingRun& run);
  void on_epoch_end(TrainingRun& run);

 private:
  /// Makes the file, unless this training has one.
  void begin_file();
  void write(Index step, std::span<const EventScalar> scalars);

  TensorBoardOptions options_;
  std::filesystem::path file_;  // of this training; empty: none yet
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/logs/tensorboard_logger.inl>
#endif
