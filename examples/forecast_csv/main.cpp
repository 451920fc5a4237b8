// Forecasts columns of a CSV file: fits a recurrent model, scores it on the last part beside forecasts without a model,
// and goes on from the end of the file. docs/examples/forecast_csv.md shows it at work.

#include <CLI/CLI.hpp>

#include "options.hpp"
#include "support/program.hpp"

namespace {

void add_fit(CLI::App& app, FitChoice& fit) {
  const CLI::Range any_count(tsattn::Index{1}, tsattn::Index{1'000'000});
  CLI::App* command = app.add_subcommand("fit", "trains a model, scores it on the test part and saves it");
  command->final_callback([&fit] { run_fit(fit); });
  examples::add_series_options(*command, fit.series);
  command->add_option("--lookback", fit.lookback, "steps that the model reads")->check(any_count);
  command->add_option("--horizon", fit.horizon, "steps that it forecasts")->check(any_count);
  command->add_option("--stride", fit.stride, "rows from one window to the next")->check(any_count);
  command->add_option("--sampling-step", fit.sampling_step, "rows from one step to the next")->check(any_count);
  examples::add_model_options(*command, fit.model);
  command->add_option("--scaling", fit.scaling, "of every column, learned from the training part")
      ->check(CLI::IsMember({"none", "standard", "min_max", "robust"}));
  command->add_option("--normalization", fit.normalization, "of every window, undone on the forecast")
      ->check(CLI::IsMember({"none", "last_value", "standard"}));
  command->add_option("--channels", fit.channels, "independent: one model that sees each target by itself")
      ->check(CLI::IsMember({"together", "independent"}));
  command->add_option("--strategy", fit.strategy, "recursive: a model of one step that goes on from its own forecasts")
      ->check(CLI::IsMember({"direct", "recursive"}));
  command->add_option("--split", fit.split, "shares of training, validation and test part")
      ->delimiter(',')
      ->expected(3);
  command->add_option("--borders", fit.borders, "rows where these parts end, instead of shares")
      ->delimiter(',')
      ->expected(3);
  command->add_option("--period", fit.period, "of the seasonal naive forecast in steps, 0: found by itself");
  examples::add_training_options(*command, fit.training);
  command->add_option("--output", fit.output, "folder for the results, made if it does not exist");
}

void add_use(CLI::App& app, const char* name, const char* text, UseChoice& use, void (*run)(const UseChoice&)) {
  CLI::App* command = app.add_subcommand(name, text);
  command->final_callback([&use, run] { run(use); });
  command->add_option("--forecaster", use.model, "the file that fit saved: models/final_model.safetensors")->required();
  command->add_option("--data", use.data, "a CSV file with the columns that it was fitted on")->required();
  command->add_option("--period", use.period, "of the seasonal naive forecast in steps, 0: found by itself");
  command->add_option("--threads", use.threads, "most threads to use, 0: all")->check(CLI::Range(0, 1024));
  command->add_option("--output", use.output, "folder for the results, made if it does not exist");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Forecasts columns of a CSV file with a recurrent network and attention.", "forecast_csv");
  app.option_defaults()->always_capture_default();
  app.require_subcommand(1);
  app.fallthrough();
  app.set_config("--config", "", "a file with options, in a section for each command: [fit]");
  FitChoice fit;
  UseChoice evaluate, forecast;
  add_fit(app, fit);
  add_use(app, "evaluate", "scores a saved model on the test part of a file", evaluate, run_evaluate);
  add_use(app, "forecast", "the steps after the end of a file", forecast, run_forecast);
  return examples::run_program(app, argc, argv, [] {});
}
