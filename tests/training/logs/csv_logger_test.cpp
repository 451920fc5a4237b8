#include <locale>
#include <optional>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/training/logs/csv_logger.hpp>

#include "support/fake_run.hpp"
#include "support/temporary_folder.hpp"

using namespace tsattn;

namespace {

constexpr const char* kHeader = "epoch,loss,validation_loss,seconds,learning_rate,gradient_norm\n";

TEST_CASE("CsvLogger: a header before the first batch, then a line after every epoch, with all digits") {
  const test::TemporaryFolder folder;
  const Callback logger = CsvLogger(folder / "run.csv");
  test::FakeRun run;
  logger.on_train_begin(run);
  CHECK(folder.files() == 0);
  logger.on_batch_begin(run);
  CHECK(test::read(folder / "run.csv") == kHeader);
  test::end_epoch(run, {1, 0.5, 0.25, 1.5, 1e-3, 2}, logger);
  CHECK(test::read(folder / "run.csv") == std::string(kHeader) + "1,0.5,0.25,1.5,0.001,2\n");
  test::end_epoch(run, {2, 1.0 / 3, std::nullopt, 1e300, 5e-324, 0.1 + 0.2}, logger);
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
  test::end_epoch(interrupted, {.epoch = 1, .loss = 4}, logger);
  test::end_epoch(interrupted, {.epoch = 2, .loss = 3}, logger);  // the last checkpoint was before it

  test::FakeRun resumed;
  logger.on_train_begin(resumed);
  resumed.history.epochs = {{.epoch = 1, .loss = 4}};
  test::end_epoch(resumed, {.epoch = 2, .loss = 3}, logger);
  test::end_epoch(resumed, {.epoch = 3, .loss = 2}, logger);
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

}  // namespace
