#include <optional>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/training/logs/json_logger.hpp>

#include "support/fake_run.hpp"
#include "support/temporary_folder.hpp"

using namespace tsattn;

namespace {

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
  test::end_epoch(run, {1, 0.5, std::nullopt, 1.5, 1e-3, 2}, logger);
  CHECK(written() == nlohmann::json::parse(R"({"epochs": [{"epoch": 1, "loss": 0.5, "validation_loss": null,
    "seconds": 1.5, "learning_rate": 0.001, "gradient_norm": 2.0}], "best_epoch": 1, "stop_reason": "enough"})"));
}

}  // namespace
