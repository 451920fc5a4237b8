#include "options.hpp"

namespace jena_climate {

namespace ts = tsattn;

void add_options(CLI::App& app, Options& options) {
  const CLI::Range any_count(ts::Index{1}, ts::Index{1'000'000});
  app.option_defaults()->always_capture_default();
  app.add_option("--data", options.data,
                 "a CSV file with a header, .gz or not, of time stamps and \"T (degC)\" among columns of numbers; "
                 "without one, weather is generated");
  app.add_flag("--any-sampling", options.any_sampling,
               "take the rows of the file as they come; otherwise repeated rows are dropped and missing ones filled");
  app.add_option("--rows", options.rows, "of generated weather, 10 minutes apart")->check(any_count);
  app.add_option("--protocol", options.protocol,
                 "day-ahead: the temperature 24 hours after the last input hour; next-step: that of the next row")
      ->check(CLI::IsMember({"day-ahead", "next-step"}));
  app.add_option("--lookback", options.lookback,
                 "steps of an input: hours for day-ahead, rows for next-step; 0: 120 hours, 18 rows")
      ->check(CLI::Range(ts::Index{0}, ts::Index{1'000'000}));
  app.add_option("--stride", options.stride,
                 "rows from one window to the next in training and validation; the test part is forecast from every "
                 "row")
      ->check(any_count);
  app.add_option("--normalization", options.normalization,
                 "what every window's temperatures are counted from, and its forecast too; protocol: last_value for "
                 "day-ahead, standard for next-step")
      ->check(CLI::IsMember({"protocol", "none", "last_value", "standard"}));
  examples::add_model_options(app, options.model);
  examples::add_training_options(app, options.training);
  app.add_option("--output", options.output, "folder for the results, made if it does not exist");
}

}  // namespace jena_climate
