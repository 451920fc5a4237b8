#include "options.hpp"

void add_options(CLI::App& app, Options& options) {
  app.option_defaults()->always_capture_default();
  const CLI::Range any_count(tsattn::Index{1}, tsattn::Index{1'000'000});
  app.add_option("--epochs", options.epochs, "most epochs to train; early stopping may end sooner")->check(any_count);
  app.add_option("--hidden", options.hidden, "units of the recurrent layer")->check(any_count);
  app.add_option("--cell", options.cell, "recurrent cell")->check(CLI::IsMember({"lstm", "gru", "rnn"}));
  app.add_option(
         "--attention", options.attention,
         "pooling and pooling-tanh: a learned score for every step; dot, scaled_dot, general, additive: asked by "
         "the last step; none: the last step alone")
      ->check(CLI::IsMember({"pooling", "pooling-tanh", "dot", "scaled_dot", "general", "additive", "none"}));
  app.add_option("--noise", options.noise, "standard deviation of the noise")->check(CLI::Range(0.0, 1e6));
  app.add_option("--length", options.length, "steps of the wave; the last fifth is the validation part")
      ->check(any_count);
  app.add_option("--seed", options.seed, "of the noise, the initial weights and the shuffling");
  app.add_option("--threads", options.threads, "most threads to use, 0: all")->check(CLI::Range(0, 1024));
  app.add_option("--output", options.output, "folder for the results, made if it does not exist");
}
