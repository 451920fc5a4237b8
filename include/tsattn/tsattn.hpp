#pragma once

// Everything, in the order of a table of contents. Each header also works by itself.
// clang-format off

#include <tsattn/core/version.hpp>

// Numbers and their containers
#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/checks.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/flush_denormals.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/core/unfused_product.hpp>

// Layers
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/layers/stream_layer.hpp>

// Models
#include <tsattn/model/any_layer.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/model/stream.hpp>
#include <tsattn/model/stream_state.hpp>
#include <tsattn/model/summary.hpp>

// Data. With zlib also data/csv_gzip.hpp, to be included by itself.
#include <tsattn/formats/shown_text.hpp>
#include <tsattn/data/time_stamp.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/csv.hpp>
#include <tsattn/data/labelled_series.hpp>
#include <tsattn/data/ts_file.hpp>
#include <tsattn/data/sampling.hpp>
#include <tsattn/data/missing_values.hpp>
#include <tsattn/data/time_features.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/split.hpp>
#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/window_options.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/data/windows.hpp>

// Training
#include <tsattn/losses/loss.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/losses/probabilities.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>
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
#include <tsattn/training/learning_rate.hpp>
#include <tsattn/training/progress.hpp>
#include <tsattn/training/reduce_on_plateau.hpp>
#include <tsattn/training/shards.hpp>
#include <tsattn/training/time_limit.hpp>
#include <tsattn/training/trainer.hpp>

// Forecasts: how good they are, what they have to beat, and the way from a series to them
#include <tsattn/forecasting/metrics.hpp>
#include <tsattn/forecasting/classification_metrics.hpp>
#include <tsattn/forecasting/seasonality.hpp>
#include <tsattn/forecasting/baselines.hpp>
#include <tsattn/forecasting/linear_autoregression.hpp>
#include <tsattn/forecasting/window_baselines.hpp>
#include <tsattn/forecasting/forecast_evaluation.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>
#include <tsattn/forecasting/teacher_forcing.hpp>
#include <tsattn/forecasting/recursive_decoding.hpp>
#include <tsattn/forecasting/forecast_stream.hpp>
#include <tsattn/forecasting/forecaster.hpp>

// Files. To be included by themselves, for they need more than Eigen: with nlohmann-json persistence/model_file.hpp,
// forecasting/forecaster_file.hpp, persistence/checkpoint.hpp, formats/safetensors.hpp, training/logs/history_json.hpp
// and training/logs/json_logger.hpp, with zlib formats/npz.hpp.
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/plot/run_program.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/training/logs/csv_logger.hpp>
#include <tsattn/training/logs/tensorboard_logger.hpp>
#include <tsattn/exchange/pytorch.hpp>
#include <tsattn/exchange/keras.hpp>

// Pictures
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/training_curves.hpp>
#include <tsattn/plot/forecast.hpp>
#include <tsattn/plot/error_by_step.hpp>
#include <tsattn/plot/attention.hpp>
#include <tsattn/plot/attention_map.hpp>
#include <tsattn/plot/mean_attention.hpp>
#include <tsattn/plot/confusion_matrix.hpp>

// Proof
#include <tsattn/testing/gradient_check.hpp>
#include <tsattn/testing/loss_gradient_check.hpp>
