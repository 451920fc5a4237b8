#include "options.hpp"

void add_options(CLI::App& app, Options& options) {
  app.option_defaults()->always_capture_default();
  examples::add_series_options(app, options.series);
  for (CLI::Option* option : app.get_options({}))
    if (option->get_name() != "--help" && option->get_name() != "--data") option->needs("--data");
  app.get_option("--data")->required(false)->description("a CSV file with a header, .gz or not; a sine wave if absent");

  const CLI::Range any_count(tsattn::Index{1}, tsattn::Index{1'000'000});
  app.add_option("--length", options.length, "steps of the sine wave")->check(any_count)->excludes("--data");
  app.add_option("--noise", options.noise, "standard deviation of its noise")
      ->check(CLI::Range(0.0, 1e6))
      ->excludes("--data");
  app.add_option("--lookback", options.lookback, "steps that the models read")->check(any_count);
  app.add_option("--horizon", options.horizon, "steps that they forecast")->check(any_count);
  app.add_option("--hidden", options.hidden, "units of the recurrent layer")->check(any_count);
  examples::add_training_options(app, options.training);
  for (const char* name : {"--optimizer", "--schedule", "--loss", "--clip-norm", "--tensorboard"})
    app.remove_option(app.get_option(name));
  app.get_option("--learning-rate")->description("of Adam");
  app.get_option("--seed")->description("of the wave, and the first of the initial weights and the shuffling");
  app.add_option("--seeds", options.seeds, "every model is trained so often, with the seeds from --seed on")
      ->check(CLI::Range(1, 1000));
  app.add_option("--output", options.output, "folder for the results, made if it does not exist");
}
