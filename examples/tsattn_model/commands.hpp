#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>

// The subcommands of tsattn_model. Each reads its files, writes its results whole or not at all, prints what a user
// wants to see, and throws tsattn::Error, with the file in front, if something does not fit.

struct InfoOptions {
  std::filesystem::path file;
};
void run_info(const InfoOptions& options);

struct CreateOptions {
  std::filesystem::path spec, out;
  std::uint64_t seed = 0;
  bool is_double = false;
};
void run_create(const CreateOptions& options);

struct ImportOptions {
  std::filesystem::path spec, weights, out;
  std::string from;  // "torch", "keras", or empty: tsattn's own names
  bool is_float = false;
};
void run_import(const ImportOptions& options);

struct ExportOptions {
  std::filesystem::path file, out;
  std::string to;                     // "torch", "npz" or "header"
  std::string name = "model";         // header: its namespace
  tsattn::Index attention_steps = 0;  // header: what a pooling looks back on; 0: as the input of the model has
  bool is_model_alone = false;        // header: without what a forecaster does around its model
};
void run_export(const ExportOptions& options);

struct PredictOptions {
  std::filesystem::path file, output, weights_out;
  std::vector<std::filesystem::path> inputs;
  std::string attention;  // the layer of weights_out; empty: the only one
  int threads = 0;
  bool is_double = false;
};
void run_predict(const PredictOptions& options);

struct GradientsOptions {
  std::filesystem::path file, target, out;
  std::vector<std::filesystem::path> inputs, input_gradients;
  bool is_double = false;
};
void run_gradients(const GradientsOptions& options);

struct FitCommandOptions {
  std::filesystem::path file, input, target, out, history, checkpoint;
  std::string optimizer = "adam";
  std::optional<double> learning_rate;  // none: the optimizer's own
  tsattn::Index epochs = 10;
  tsattn::Index batch_size = 32;
  bool no_shuffle = false;
  double validation_split = 0;
  double clip_norm = 0;
  std::uint64_t seed = 0;
  int threads = 0;
  bool is_double = false;
};
void run_fit(const FitCommandOptions& options);
