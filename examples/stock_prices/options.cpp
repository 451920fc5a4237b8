#include "options.hpp"

namespace stock_prices {

namespace ts = tsattn;

void add_options(CLI::App& app, Options& options) {
  const CLI::Range any_count(ts::Index{1}, ts::Index{1'000'000});
  app.option_defaults()->always_capture_default();
  app.add_option(
         "--data", options.data,
         "CSV files with a header and a date in every row, .gz or not, separated by commas, in the order of time; "
         "without one, a random walk is generated")
      ->delimiter(',');
  app.add_option("--column", options.column, "of the files, to forecast");
  app.add_option("--days", options.days, "of the random walk")->check(any_count);
  app.add_option("--split", options.split,
                 "shares of training, validation and test part; without it, three files are these parts, and anything "
                 "else is cut by 0.7,0.1,0.2")
      ->delimiter(',')
      ->expected(3);
  app.add_option("--sequence-length", options.sequence_length, "days that the model reads")->check(any_count);
  app.add_option("--future-time-steps", options.future_time_steps, "days that it forecasts")->check(any_count);
  app.add_flag("--include-input", options.include_input, "the model learns to give the days that it reads, too");
  app.add_option("--prices", options.prices, "what the model sees: prices as they are, or their logarithms")
      ->check(CLI::IsMember({"plain", "log"}));
  app.add_option("--normalization", options.normalization, "of every window, undone on the forecast")
      ->check(CLI::IsMember({"none", "last_value", "standard"}));
  examples::add_model_options(app, options.model);
  examples::add_training_options(app, options.training);
  app.add_option("--output", options.output, "folder for the results, made if it does not exist");
}

}  // namespace stock_prices
