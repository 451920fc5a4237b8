#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/training/history.hpp>
#include <tsattn/training/logs/history_json.hpp>

namespace {

using namespace tsattn;

TEST_CASE("an empty history") {
  CHECK(to_json(History()) ==
        nlohmann::json{{"epochs", nlohmann::json::array()}, {"best_epoch", nullptr}, {"stop_reason", ""}});
}

TEST_CASE("every number of every epoch, and null for what is not there") {
  History history;
  history.epochs = {{1, 0.5, 0.25, 1.5, 1e-3, 2}, {.epoch = 2, .loss = 1.0 / 3}};
  history.best_epoch = 1;
  history.stop_reason = "enough";
  const nlohmann::json json = to_json(history);
  CHECK(json == nlohmann::json::parse(R"({"epochs": [
      {"epoch": 1, "loss": 0.5, "validation_loss": 0.25, "seconds": 1.5, "learning_rate": 0.001, "gradient_norm": 2.0},
      {"epoch": 2, "loss": 0.3333333333333333, "validation_loss": null, "seconds": 0.0, "learning_rate": 0.0,
       "gradient_norm": 0.0}], "best_epoch": 1, "stop_reason": "enough"})"));
}

}  // namespace
