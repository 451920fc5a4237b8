// Trains for three epochs and, from the checkpoint, for two more, with TensorBoardLogger in the folder that is the only
// argument; prints "tag step value" for all that must be in its files. read_tensorboard.py compares.

#include <cstdio>
#include <filesystem>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/training/learning_rate.hpp>
#include <tsattn/training/logs/tensorboard_logger.hpp>
#include <tsattn/training/trainer.hpp>

namespace {

using namespace tsattn;

constexpr Index kEveryBatches = 40;  // the later steps have varints of two bytes

void print(const char* tag, Index step, double value) {
  std::printf("%s %td %.9g\n", tag, step, static_cast<double>(static_cast<float>(value)));
}

struct Printer {
  void on_batch_end(TrainingRun& run) const {
    const Index step = (run.epoch - 1) * run.batches + run.batch;
    if (step % kEveryBatches != 0) return;
    print("batch/loss", step, run.batch_loss);
    print("batch/learning_rate", step, run.learning_rate());
    print("batch/gradient_norm", step, run.gradient_norm);
  }
  void on_epoch_end(TrainingRun& run) const {
    const EpochRecord& record = run.history.epochs.back();
    print("epoch/loss", record.epoch, record.loss);
    print("epoch/validation_loss", record.epoch, *record.validation_loss);
    print("epoch/learning_rate", record.epoch, record.learning_rate);
    print("epoch/gradient_norm", record.epoch, record.gradient_norm);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  const auto wave = sine_wave<float>({.length = 150, .period = 12, .noise = 0.05, .seed = 2});
  const Windows<float> training(wave, {.lookback = 10}, {0, 120}), validation(wave, {.lookback = 10}, {120, 150});
  for (const Index epochs : {3, 5}) {
    Sequential<float> model(/*features=*/1, /*seed=*/3);
    model.add(Gru{4}).add(LastStep{}).add(Dense{1});
    Trainer<float>(model).fit(
        training, validation,
        {.epochs = epochs,
         .batch_size = 2,
         .callbacks = {ExponentialDecay{.factor = 0.5},
                       TensorBoardLogger({.folder = folder / "logs", .every_batches = kEveryBatches}), Printer{},
                       ModelCheckpoint<float>(model, {.last = folder / "last.safetensors"})}});
  }
}
