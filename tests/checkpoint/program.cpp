// Trains a small model with a checkpoint after every batch and prints a hash of the weights and the losses. Run again
// after it was killed, it goes on.

#include <cstdio>
#include <exception>
#include <iostream>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/training/early_stopping.hpp>
#include <tsattn/training/trainer.hpp>

#include "support/hash_of_weights.hpp"

int main(int argc, char** argv) {
  using namespace tsattn;
  if (argc != 2) return 2;
  try {
    const auto wave = sine_wave<float>({.length = 400, .period = 12, .noise = 0.05, .seed = 2});
    const Windows<float> training(wave, {.lookback = 10}, {0, 300}), validation(wave, {.lookback = 10}, {300, 400});
    Sequential<float> model(/*features=*/1, /*seed=*/3);
    model.add(Lstm{.units = 9}).add(AttentionPooling{}).add(Dense{1});
    Trainer<float> trainer(model, Adam{.learning_rate = 1e-2});
    const History history =
        trainer.fit(training, validation,
                    {.epochs = 12,
                     .batch_size = 16,
                     .seed = 5,
                     .threads = 2,
                     .callbacks = {EarlyStopping{.patience = 3},
                                   ModelCheckpoint<float>(model, {.last = argv[1], .every_batches = 1})}});
    std::printf("%016llx", static_cast<unsigned long long>(test::hash_of_weights(model)));
    for (const EpochRecord& epoch : history.epochs) std::printf(" %a %a", epoch.loss, *epoch.validation_loss);
    std::printf("\n");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
