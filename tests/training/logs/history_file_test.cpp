// The loggers that keep a whole history in a file.

#include <filesystem>
#include <locale>
#include <optional>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/training/logs/csv_logger.hpp>
#include <tsattn/training/logs/json_logger.hpp>

#include "support/fake_run.hpp"
#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

using namespace tsattn;

namespace {

constexpr const char* kHeader = "epoch,loss,validation_loss,seconds,learning_rate,gradient_norm\n";

/// An epoch has ended.
void end_epoch(test::FakeRun& run, const EpochRecord& record, const Callback& callback) {
  run.epoch = record.epoch;
  run.is_epoch_end = false;
  callback.on_batch_begin(run);
  callback.on_checkpoint(run);
  run.history.epochs.push_back(record);
  run.is_epoch_end = true;
  callback.on_checkpoint(run);
}

}  // namespace

TEST_CASE("CsvLogger: a header before the first batch, then a line after every epoch, with all digits") {
  const test::TemporaryFolder folder;
  const Callback logger = CsvLogger(folder / "run.csv");
  test::FakeRun run;
  logger.on_train_begin(run);
  CHECK(folder.files() == 0);
  logger.on_batch_begin(run);
  CHECK(test::read(folder / "run.csv") == kHeader);
  end_epoch(run, {1, 0.5, 0.25, 1.5, 1e-3, 2}, logger);
  CHECK(test::read(folder / "run.csv") == std::string(kHeader) + "1,0.5,0.25,1.5,0.001,2\n");
  end_epoch(run, {2, 1.0 / 3, std::nullopt, 1e300, 5e-324, 0.1 + 0.2}, logger);
  CHECK(test::read(folder / "run.csv") == std::string(kHeader) +
                                              "1,0.5,0.25,1.5,0.001,2\n"
                                              "2,0.3333333333333333,,1e+300,5e-324,0.30000000000000004\n");
  CHECK(folder.files() == 1);
}

TEST_CASE("CsvLogger: a training that goes on has every epoch once, one that begins anew starts a new file") {
  const test::TemporaryFolder folder;
  const Callback logger = CsvLogger(folder / "run.csv");
  test::FakeRun interrupted;
  logger.on_train_begin(interrupted);
  end_epoch(interrupted, {.epoch = 1, .loss = 4}, logger);
  end_epoch(interrupted, {.epoch = 2, .loss = 3}, logger);  // the last checkpoint was before it

  test::FakeRun resumed;
  logger.on_train_begin(resumed);
  resumed.history.epochs = {{.epoch = 1, .loss = 4}};
  end_epoch(resumed, {.epoch = 2, .loss = 3}, logger);
  end_epoch(resumed, {.epoch = 3, .loss = 2}, logger);
  CHECK(test::read(folder / "run.csv") == std::string(kHeader) + "1,4,,0,0,0\n2,3,,0,0,0\n3,2,,0,0,0\n");

  test::FakeRun anew;
  logger.on_train_begin(anew);
  logger.on_batch_begin(anew);
  CHECK(test::read(folder / "run.csv") == kHeader);
}

TEST_CASE("CsvFormat: the digits of the C locale, whatever the stream's") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  std::ostringstream out;
  out.imbue(std::locale(std::locale::classic(), new Comma));
  History history;
  history.epochs = {{.epoch = 1, .loss = 0.5}};
  CsvFormat::write(out, history);
  CHECK(out.str() == std::string(kHeader) + "1,0.5,,0,0,0\n");
}

TEST_CASE("JsonLogger: the history as JSON, with what the callbacks of the epoch's end made of it") {
  const test::TemporaryFolder folder;
  const Callback logger = JsonLogger(folder / "run.json");
  const auto written = [&] { return nlohmann::json::parse(test::read(folder / "run.json")); };
  test::FakeRun run;
  logger.on_train_begin(run);
  logger.on_batch_begin(run);
  CHECK(written() == nlohmann::json{{"epochs", nlohmann::json::array()}, {"best_epoch", nullptr}, {"stop_reason", ""}});
  run.history.best_epoch = 1;
  run.stop("enough");
  end_epoch(run, {1, 0.5, std::nullopt, 1.5, 1e-3, 2}, logger);
  CHECK(written() == nlohmann::json::parse(R"({"epochs": [{"epoch": 1, "loss": 0.5, "validation_loss": null,
    "seconds": 1.5, "learning_rate": 0.001, "gradient_norm": 2.0}], "best_epoch": 1, "stop_reason": "enough"})"));
}

TEST_CASE("a path that cannot be written is known before the first batch") {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "no/run.csv";
  const Callback logger = CsvLogger(path);
  test::FakeRun run;
  logger.on_train_begin(run);
  CHECK(test::io_error([&] { logger.on_batch_begin(run); }) ==
        "[write_file_atomically] cannot write \"" + path.string() + "\": there is no folder \"" +
            path.parent_path().string() + "\" (No such file or directory); create it first");
}
