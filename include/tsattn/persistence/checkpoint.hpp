#pragma once

#include <filesystem>
#include <limits>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

struct CheckpointOptions {
  std::filesystem::path last = {};  ///< the model and the state of the training, to go on from; empty: none is written
  std::filesystem::path best = {};  ///< the model of the best epoch, by validation loss if there is one; empty: none
  Index every_batches = 0;          ///< `last` is written after so many batches too; 0: at the end of epochs only
  bool resume = true;               ///< go on from `last` if it exists; otherwise begin anew and overwrite it
  ModelExtras extras = {};          ///< for both files
};

/// Saves a training as it goes, and goes on with one that was interrupted: the same program, run again, ends with the
/// weights, bit for bit, and the history (but for its seconds) that it would have had without the interruption, at
/// whatever moment it was killed. Both files are model files, which load_model opens; each is replaced in one step.
///
///   Trainer<float> trainer(model, Adam{});
///   ModelCheckpoint<float> checkpoint(model, {.last = "run.safetensors"});
///   trainer.fit(data, {.epochs = 100, .callbacks = {EarlyStopping{}, checkpoint}});
///
/// A training that goes on must have the same data, batch_size, shuffling, optimizer and callbacks; options of the
/// optimizer and the number of epochs and threads may be others. The model must outlive the training.
template <class S>
class ModelCheckpoint {
 public:
  ModelCheckpoint(Graph<S>& model, CheckpointOptions options) : model_(&model), options_(std::move(options)) {}

  /// Throws ConfigError for every_batches below 0 or without a path.
  void on_train_begin(TrainingRun&);

  /// Throws IoError or ConfigError if `last` exists and is not a checkpoint of this training; nothing is changed then
  /// but the state of the training, which has not begun.
  void on_resume(TrainingRun& run);

  /// Throws as write_file_atomically.
  void on_checkpoint(TrainingRun& run);

  void visit_state(StateVisitor& visitor) { visitor.visit("best_loss", best_loss_); }

 private:
  Graph<S>* model_;
  CheckpointOptions options_;
  double best_loss_ = std::numeric_limits<double>::infinity();
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/persistence/checkpoint.inl>
#endif
