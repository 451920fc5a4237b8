// What every logger that keeps a whole history in a file has in common; their formats have tests of their own.

#include <filesystem>
#include <ostream>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/training/logs/history_file.hpp>

#include "support/fake_run.hpp"
#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

using namespace tsattn;

namespace {

/// A format of a user's own: the losses, one after the other.
struct Losses {
  static void write(std::ostream& out, const History& history) {
    for (const EpochRecord& record : history.epochs) out << record.loss << ' ';
  }
};

TEST_CASE("the file is there before the first batch ends, and whole after every epoch, not within one") {
  const test::TemporaryFolder folder;
  const Callback logger = HistoryFile<Losses>(folder / "run");
  test::FakeRun run;
  logger.on_train_begin(run);
  CHECK(folder.files() == 0);
  logger.on_batch_begin(run);
  CHECK(test::read(folder / "run") == "");
  test::end_epoch(run, {.epoch = 1, .loss = 4}, logger);
  CHECK(test::read(folder / "run") == "4 ");
  run.history.epochs.push_back({.epoch = 2, .loss = 3});
  run.is_epoch_end = false;
  logger.on_checkpoint(run);  // of a batch
  CHECK(test::read(folder / "run") == "4 ");
  run.is_epoch_end = true;
  logger.on_checkpoint(run);
  CHECK(test::read(folder / "run") == "4 3 ");
  CHECK(folder.files() == 1);
}

TEST_CASE("a path that cannot be written is known before the first batch") {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "no/run";
  const Callback logger = HistoryFile<Losses>(path);
  test::FakeRun run;
  logger.on_train_begin(run);
  CHECK(test::io_error([&] { logger.on_batch_begin(run); }) ==
        "[write_file_atomically] cannot write \"" + path.string() + "\": there is no folder \"" +
            path.parent_path().string() + "\" (No such file or directory); create it first");
}

}  // namespace
