#include <sstream>

#include <doctest/doctest.h>

#include <tsattn/training/progress.hpp>

#include "support/fake_run.hpp"

using namespace tsattn;

TEST_CASE("duration_text: seconds for people") {
  CHECK(duration_text(0) == "0.0 s");
  CHECK(duration_text(0.44) == "0.4 s");
  CHECK(duration_text(9.94) == "9.9 s");
  CHECK(duration_text(9.96) == "10 s");
  CHECK(duration_text(59.4) == "59 s");
  CHECK(duration_text(59.6) == "1 min 00 s");
  CHECK(duration_text(125) == "2 min 05 s");
}

TEST_CASE("EpochLog: one line per epoch, with a mark for the best, and the reason of a stop") {
  std::ostringstream out;
  out.precision(3);
  EpochLog log(out);
  test::FakeRun run;
  run.epochs = 50;
  run.history.epochs = {{7, 0.0041234, 0.0035, 1.23}};
  run.history.best_epoch = 7;
  log.on_epoch_end(run);
  run.history.epochs.push_back({8, 0.0041, std::nullopt, 65});
  log.on_epoch_end(run);
  run.stop("enough");
  run.stop("only the first reason counts");
  log.on_train_end(run);
  out << 0.123456;
  CHECK(out.str() ==
        "epoch  7/50  loss 4.1234e-03  val_loss 3.5000e-03  1.2 s  best\n"
        "epoch  8/50  loss 4.1000e-03  1 min 05 s\n"
        "stopped: enough\n"
        "0.123");  // the stream's own format is untouched
}
