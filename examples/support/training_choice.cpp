#include "training_choice.hpp"

#include <iostream>

#include <tsattn/training/logs/csv_logger.hpp>
#include <tsattn/training/logs/tensorboard_logger.hpp>
#include <tsattn/tsattn.hpp>

namespace examples {

namespace ts = tsattn;

void add_training_options(CLI::App& app, TrainingChoice& choice) {
  const CLI::Range any_count(ts::Index{1}, ts::Index{1'000'000});
  app.add_option("--epochs", choice.epochs, "most epochs to train; early stopping may end sooner")->check(any_count);
  app.add_option("--batch-size", choice.batch_size, "windows in a step")->check(any_count);
  app.add_option("--learning-rate", choice.learning_rate, "of the optimizer")->check(CLI::Range(1e-9, 10.0));
  app.add_option("--optimizer", choice.optimizer, "how weights are moved")
      ->check(CLI::IsMember({"adam", "adamw", "rmsprop", "sgd"}));
  app.add_option(
         "--schedule", choice.schedule,
         "of the learning rate; step: times 0.8 after every epoch from the fifth on; plateau: times 0.5 when the "
         "validation loss stands still")
      ->check(CLI::IsMember({"constant", "step", "cosine", "plateau"}));
  app.add_option("--loss", choice.loss, "what training makes small")->check(CLI::IsMember({"mse", "mae", "huber"}));
  app.add_option("--patience", choice.patience, "epochs without a smaller validation loss after which training ends")
      ->check(any_count);
  app.add_option("--clip-norm", choice.clip_norm, "largest global norm of a gradient, 0: any")
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--seed", choice.seed, "of the initial weights, the shuffling and dropout");
  app.add_option("--threads", choice.threads, "most threads to use, 0: all")->check(CLI::Range(0, 1024));
  app.add_flag("--tensorboard", choice.tensorboard, "write event files for TensorBoard, in logs/");
}

ts::AnyOptimizer<float> optimizer_of(const TrainingChoice& choice) {
  if (choice.optimizer == "adamw") return ts::AdamW{.learning_rate = choice.learning_rate};
  if (choice.optimizer == "rmsprop") return ts::RmsProp{.learning_rate = choice.learning_rate};
  if (choice.optimizer == "sgd") return ts::Sgd{.learning_rate = choice.learning_rate, .momentum = 0.9};
  return ts::Adam{.learning_rate = choice.learning_rate};
}

ts::AnyLoss loss_of(const TrainingChoice& choice) { return ts::loss_from_name(choice.loss); }

ts::FitOptions quiet_fit_options(const TrainingChoice& choice) {
  ts::FitOptions options{.epochs = choice.epochs,
                         .batch_size = choice.batch_size,
                         .seed = choice.seed,
                         .clip_norm = choice.clip_norm,
                         .threads = choice.threads};
  if (choice.schedule == "step")
    options.callbacks.push_back(ts::StepDecay{.factor = 0.8, .every_epochs = 1, .full_epochs = 4});
  if (choice.schedule == "cosine") options.callbacks.push_back(ts::CosineDecay{.final_fraction = 0.01});
  if (choice.schedule == "plateau") options.callbacks.push_back(ts::ReduceOnPlateau{.factor = 0.5, .patience = 2});
  options.callbacks.push_back(ts::EarlyStopping{.patience = choice.patience});
  return options;
}

ts::FitOptions fit_options(const TrainingChoice& choice, const ResultsFolder& folder,
                           const std::function<void(const std::filesystem::path&)>& save_best) {
  ts::FitOptions options = quiet_fit_options(choice);
  options.callbacks.push_back(ts::ProgressBar{});
  options.callbacks.push_back([save_best, path = folder.best_model()](ts::TrainingRun& run) {
    if (run.history.best_epoch == run.epoch) save_best(path);
  });
  options.callbacks.push_back(ts::CsvLogger(folder.logs() / "history.csv"));
  if (choice.tensorboard)
    options.callbacks.push_back(ts::TensorBoardLogger({.folder = folder.logs(), .every_batches = 10}));
  options.callbacks.push_back(ts::EpochLog{std::cout});
  return options;
}

ts::History fit(ts::Forecaster<float>& forecaster, const ts::Sequence<double>& series, const ts::SeriesParts& parts,
                const TrainingChoice& choice, const ts::FitOptions& options) {
  return forecaster.fit(series, parts, options, optimizer_of(choice), loss_of(choice));
}

}  // namespace examples
