#include "options.hpp"

namespace airline_passengers {

namespace ts = tsattn;

void add_options(CLI::App& app, Options& options) {
  const CLI::Range any_count(ts::Index{1}, ts::Index{1'000'000});
  app.option_defaults()->always_capture_default();
  app.add_option("--data", options.data,
                 "a CSV file with a header, .gz or not, with a row for every month; without one, the series of Box & "
                 "Jenkins, which is built in");
  app.add_option("--column", options.column, "of the file, to forecast");
  app.add_option("--test-months", options.test_months, "at the end, all forecast from the month before them")
      ->check(any_count);
  app.add_option("--validation-months", options.validation_months, "before them, that decide when training ends")
      ->check(any_count);
  app.add_option("--transform", options.transform, "of the values, undone on the forecast")
      ->check(CLI::IsMember({"none", "cube-root", "log"}));
  app.add_option("--difference", options.difference, "the model sees differences from month to month or year to year")
      ->check(CLI::IsMember({"none", "month", "year"}));
  app.add_option("--scaling", options.scaling, "of that, learned from the training part")
      ->check(CLI::IsMember({"none", "standard", "min_max", "robust"}));
  app.add_option("--normalization", options.normalization, "of every window, undone on the forecast")
      ->check(CLI::IsMember({"none", "last_value", "standard"}));
  app.add_flag("--month", options.knows_month, "the model is told the month of the year");
  app.add_flag("!--train-once", options.trains_again,
               "do not train a second time, on the validation part too, for as many epochs as did best on it");
  app.add_option("--lookback", options.lookback, "months that the model reads")->check(any_count);
  examples::add_model_options(app, options.model);
  examples::add_training_options(app, options.training);
  app.add_option("--output", options.output, "folder for the results, made if it does not exist");
}

}  // namespace airline_passengers
