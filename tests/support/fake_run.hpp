#pragma once

#include <vector>

#include <tsattn/training/callbacks.hpp>

namespace tsattn::test {

/// A training that is made up: no model, no optimizer, what happens is written by the test.
class FakeRun final : public TrainingRun {
 public:
  std::vector<Index> kept;  // the epochs whose weights were kept
  int restored = 0;
  double rate = 0.1;

  double learning_rate() const override { return rate; }
  void set_learning_rate(double learning_rate) override { rate = learning_rate; }
  void keep_weights() override { kept.push_back(epoch); }
  void restore_weights() override { ++restored; }
  void visit_state(StateVisitor&) override {}
};

/// An epoch has ended.
inline void end_epoch(FakeRun& run, const EpochRecord& record, const Callback& callback) {
  run.epoch = record.epoch;
  run.is_epoch_end = false;
  callback.on_batch_begin(run);
  callback.on_checkpoint(run);
  run.history.epochs.push_back(record);
  run.is_epoch_end = true;
  callback.on_checkpoint(run);
}

}  // namespace tsattn::test
