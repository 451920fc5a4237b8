#pragma once

// Everything, in the order of a table of contents. Each header also works by itself.
// clang-format off

#include <tsattn/core/version.hpp>

// Numbers and their containers
#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/checks.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/core/state_visitor.hpp>

// Layers
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/rnn.hpp>

// Models
#include <tsattn/model/any_layer.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/model/summary.hpp>

// Data
#include <tsattn/data/dataset.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/split.hpp>
#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>

// Training
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/gradient_norm.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/early_stopping.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/progress.hpp>
#include <tsattn/training/shards.hpp>
#include <tsattn/training/trainer.hpp>

// Forecasts: how good they are, and what they have to beat
#include <tsattn/forecasting/metrics.hpp>
#include <tsattn/forecasting/baselines.hpp>

// Files. To be included by themselves, for they need more than Eigen: with nlohmann-json io/model_file.hpp,
// io/checkpoint.hpp, io/safetensors.hpp and io/history_json.hpp, with zlib io/npz.hpp.
#include <tsattn/io/atomic_file.hpp>
#include <tsattn/io/run_program.hpp>
#include <tsattn/io/array.hpp>
#include <tsattn/io/npy.hpp>
#include <tsattn/io/pytorch.hpp>
#include <tsattn/io/keras.hpp>

// Pictures
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/training_curves.hpp>
#include <tsattn/plot/forecast.hpp>
#include <tsattn/plot/attention.hpp>

// Proof
#include <tsattn/testing/gradient_check.hpp>
