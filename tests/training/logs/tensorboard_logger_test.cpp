#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/training/logs/tensorboard_logger.hpp>

#include "support/fake_run.hpp"
#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

using namespace tsattn;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files{fs::directory_iterator(folder), fs::directory_iterator()};
  std::sort(files.begin(), files.end());
  return files;
}

/// How often `text` is in the file.
int count(const fs::path& path, const std::string& text) {
  const std::string bytes = test::read(path);
  int count = 0;
  for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++count;
  return count;
}

/// Epochs first, ..., last of 4 batches each.
void train(TensorBoardLogger& logger, Index first, Index last, std::optional<double> validation_loss) {
  test::FakeRun run;
  run.batches = 4;
  logger.on_train_begin(run);
  for (run.epoch = first; run.epoch <= last; ++run.epoch) {
    for (run.batch = 1; run.batch <= 4; ++run.batch) logger.on_batch_begin(run), logger.on_batch_end(run);
    run.history.epochs.push_back({.epoch = run.epoch, .validation_loss = validation_loss});
    logger.on_epoch_end(run);
  }
}

}  // namespace

TEST_CASE(
    "TensorBoardLogger: a file per training, named by its second, with a record of each epoch and batch asked for") {
  const test::TemporaryFolder folder;
  const fs::path logs = folder / "runs/first";  // made
  const auto seconds = [] {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  const auto before = seconds();
  TensorBoardLogger logger({.folder = logs, .name = "host"});
  train(logger, 1, 3, std::nullopt);
  TensorBoardLogger more({.folder = logs, .every_batches = 3, .name = "host"});
  train(more, 4, 6, 0.5);
  const std::vector<fs::path> files = files_of(logs);
  REQUIRE(files.size() == 2);
  bool is_named = false;
  for (auto second = before; second <= seconds(); ++second)
    is_named = is_named || files[0].filename() == "events.out.tfevents." + std::to_string(second) + ".host";
  CHECK(is_named);
  CHECK(files[1].filename().string().starts_with("events.out.tfevents."));

  CHECK(test::read(files[0]).substr(12 + 9 + 2, 13) == "brain.Event:2");
  CHECK(count(files[0], "epoch/loss") == 3);
  CHECK(count(files[0], "epoch/validation_loss") == 0);
  CHECK(count(files[0], "batch/") == 0);
  CHECK(count(files[1], "brain.Event:2") == 1);
  for (const char* tag : {"epoch/loss", "epoch/validation_loss", "epoch/learning_rate", "epoch/gradient_norm"})
    CHECK(count(files[1], tag) == 3);
  for (const char* tag : {"batch/loss", "batch/learning_rate", "batch/gradient_norm"})  // batches 15, 18, 21, 24
    CHECK(count(files[1], tag) == 4);
}

TEST_CASE("TensorBoardLogger: trainings of the same second have files of their own") {
  const test::TemporaryFolder folder;
  TensorBoardLogger logger({.folder = folder.path()});
  for (int i = 0; i < 5; ++i) train(logger, 1, 2, std::nullopt);
  const std::vector<fs::path> files = files_of(folder.path());
  CHECK(files.size() == 5);
  for (const fs::path& file : files) CHECK(count(file, "epoch/loss") == 2);
}

TEST_CASE("TensorBoardLogger: a resumed training whose epoch had only its end to come has a file too") {
  const test::TemporaryFolder folder;
  TensorBoardLogger logger({.folder = folder.path()});
  test::FakeRun run;
  logger.on_train_begin(run);
  run.history.epochs.push_back({.epoch = 1});
  logger.on_epoch_end(run);
  REQUIRE(folder.files() == 1);
  CHECK(count(files_of(folder.path())[0], "epoch/loss") == 1);
}

TEST_CASE("TensorBoardLogger: errors, the first of them before the first batch") {
  const test::TemporaryFolder folder;
  test::FakeRun run;
  const auto check = [&](const TensorBoardOptions& options, const char* text) {
    CHECK_THROWS_WITH_AS(TensorBoardLogger(options).on_train_begin(run), text, ConfigError);
  };
  check({}, "[TensorBoardLogger] expected a folder, got none");
  check({.folder = folder.path(), .every_batches = -1},
        "[TensorBoardLogger] expected every_batches of at least 0, got -1");
  check({.folder = folder.path(), .name = ""}, "[TensorBoardLogger] expected a name without a folder, got \"\"");
  check({.folder = folder.path(), .name = "a/b"}, "[TensorBoardLogger] expected a name without a folder, got \"a/b\"");
  CHECK(folder.files() == 0);

  std::ofstream(folder / "file") << "no folder";
  TensorBoardLogger in_file({.folder = folder / "file/runs"});
  in_file.on_train_begin(run);
  CHECK(test::io_error([&] { in_file.on_batch_begin(run); }) ==
        "[TensorBoardLogger] cannot write \"" + (folder / "file/runs").string() + "\": Not a directory");
  const std::string long_name(300, 'n');
  TensorBoardLogger unnamable({.folder = folder.path(), .name = long_name});
  unnamable.on_train_begin(run);
  const std::string error = test::io_error([&] { unnamable.on_batch_begin(run); });
  CHECK(error.starts_with("[TensorBoardLogger] cannot write \"" + (folder / "events.out.tfevents.").string()));
  CHECK(error.ends_with('.' + long_name + "\": File name too long"));

  TensorBoardLogger logger({.folder = folder.path()});
  logger.on_train_begin(run);
  logger.on_batch_begin(run);
  run.history.epochs.push_back({.epoch = 1});
  const fs::path file = files_of(folder.path())[0];
  REQUIRE(file.filename().string().starts_with("events.out"));
  fs::remove(file);
  fs::create_directory(file);
  CHECK(test::io_error([&] { logger.on_epoch_end(run); }) ==
        "[TensorBoardLogger] cannot write \"" + file.string() + "\": Is a directory");
}
