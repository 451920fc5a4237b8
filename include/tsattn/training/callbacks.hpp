#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <tsattn/core/index.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/history.hpp>

namespace tsattn {

/// A training in progress, as a callback sees it.
class TrainingRun {
 public:
  Index epochs = 0;           ///< how many were asked for
  Index epoch = 0;            ///< the one in progress, counted from 1
  Index batches = 0;          ///< how many an epoch has
  Index batch = 0;            ///< the one just done (in on_batch_begin: the one to come), counted from 1
  double batch_loss = 0;      ///< the loss of that batch, before its step
  double gradient_norm = 0;   ///< the global norm of that batch's gradient, before clipping
  bool is_epoch_end = false;  ///< whether no batch of the next epoch is done yet
  History history;            ///< the epochs done so far

  /// Ends the training after this batch.
  void stop(std::string reason) {
    if (history.stop_reason.empty()) history.stop_reason = std::move(reason);
  }
  bool is_stopping() const { return !history.stop_reason.empty(); }
  /// Returns the number of `batch` in the whole training, counted from 1.
  Index step() const { return (epoch - 1) * batches + batch; }

  /// Returns the learning rate of the last step, and in on_batch_begin that of the step to come.
  virtual double learning_rate() const = 0;
  /// Sets the learning rate of the step to come, and of no other: before every batch the learning rate is again the one
  /// the optimizer was made with. So several callbacks may each scale it, and a training that goes on finds the same
  /// learning rates. Throws ConfigError unless it is above 0 and finite, and outside of on_batch_begin.
  virtual void set_learning_rate(double learning_rate) = 0;
  void scale_learning_rate(double factor) { set_learning_rate(learning_rate() * factor); }

  /// Remembers the weights as they are now as those of the best epoch.
  virtual void keep_weights() = 0;
  /// Puts the weights back that were kept last, if any were.
  virtual void restore_weights() = 0;
  /// Writes or reads all that the training would need to go on with the same bits, but for the weights of the model:
  /// the optimizer, the shuffling, the place in the epoch, the history, kept weights and the state of the callbacks.
  /// It may be called in on_checkpoint, to write, and in on_resume, to read. Reading throws ConfigError if data or
  /// options are others than those of the training that wrote.
  virtual void visit_state(StateVisitor& visitor) = 0;

 protected:
  TrainingRun() = default;
  ~TrainingRun() = default;
};

/// Something that is told how a training goes. It is made from any value with one or more of
///   on_train_begin(TrainingRun&), on_batch_begin(TrainingRun&), on_batch_end(TrainingRun&),
///   on_epoch_end(TrainingRun&), on_train_end(TrainingRun&)
/// or from a function of a TrainingRun&, which is called at the end of every epoch. on_train_end is called also when an
/// exception ends the training. For checkpoints there are two more: on_resume(TrainingRun&), after every callback's
/// on_train_begin, and on_checkpoint(TrainingRun&), after every callback has seen a batch or an epoch. A callback that
/// remembers something from epoch to epoch has visit_state(StateVisitor&) too, so that a training can be resumed.
/// Copies of a Callback share the value; `std::ref` makes one that the caller keeps.
class Callback {
 public:
  template <class Listener>
  requires(!std::same_as<std::remove_cvref_t<Listener>, Callback>)
      Callback(Listener&& listener)  // implicit: .callbacks = {EarlyStopping{}, ProgressBar{}}
      : held_(std::make_shared<Holder<std::remove_cvref_t<Listener>>>(std::forward<Listener>(listener))) {}

  void on_train_begin(TrainingRun& run) const { held_->on_train_begin(run); }
  void on_batch_begin(TrainingRun& run) const { held_->on_batch_begin(run); }
  void on_batch_end(TrainingRun& run) const { held_->on_batch_end(run); }
  void on_epoch_end(TrainingRun& run) const { held_->on_epoch_end(run); }
  void on_train_end(TrainingRun& run) const { held_->on_train_end(run); }
  void on_resume(TrainingRun& run) const { held_->on_resume(run); }
  void on_checkpoint(TrainingRun& run) const { held_->on_checkpoint(run); }
  void visit_state(StateVisitor& visitor) const { held_->visit_state(visitor); }

 private:
  struct Held {
    virtual ~Held() = default;
    virtual void on_train_begin(TrainingRun&) = 0;
    virtual void on_batch_begin(TrainingRun&) = 0;
    virtual void on_batch_end(TrainingRun&) = 0;
    virtual void on_epoch_end(TrainingRun&) = 0;
    virtual void on_train_end(TrainingRun&) = 0;
    virtual void on_resume(TrainingRun&) = 0;
    virtual void on_checkpoint(TrainingRun&) = 0;
    virtual void visit_state(StateVisitor&) = 0;
  };
  template <class Listener>
  struct Holder final : Held {
    using Value = std::unwrap_reference_t<Listener>;
    static constexpr bool kIsFunction = std::invocable<Value&, TrainingRun&>;
    static constexpr bool kListens = requires(Value & value, TrainingRun& run) { value.on_train_begin(run); }
    || requires(Value& value, TrainingRun& run) { value.on_batch_begin(run); }
    || requires(Value& value, TrainingRun& run) { value.on_batch_end(run); }
    || requires(Value& value, TrainingRun& run) { value.on_epoch_end(run); }
    || requires(Value& value, TrainingRun& run) { value.on_train_end(run); }
    || requires(Value& value, TrainingRun& run) { value.on_checkpoint(run); };
    static_assert(kIsFunction || kListens,
                  "a callback has on_train_begin, on_batch_begin, on_batch_end, on_epoch_end or on_train_end, or is a "
                  "function of a TrainingRun&");
    Listener listener;

    explicit Holder(Listener held) : listener(std::move(held)) {}
    Value& value() { return listener; }
    void on_train_begin(TrainingRun& run) override {
      if constexpr (requires { value().on_train_begin(run); }) value().on_train_begin(run);
    }
    void on_batch_begin(TrainingRun& run) override {
      if constexpr (requires { value().on_batch_begin(run); }) value().on_batch_begin(run);
    }
    void on_batch_end(TrainingRun& run) override {
      if constexpr (requires { value().on_batch_end(run); }) value().on_batch_end(run);
    }
    void on_epoch_end(TrainingRun& run) override {
      if constexpr (requires { value().on_epoch_end(run); }) {
        value().on_epoch_end(run);
      } else if constexpr (kIsFunction) {
        value()(run);
      }
    }
    void on_train_end(TrainingRun& run) override {
      if constexpr (requires { value().on_train_end(run); }) value().on_train_end(run);
    }
    void on_resume(TrainingRun& run) override {
      if constexpr (requires { value().on_resume(run); }) value().on_resume(run);
    }
    void on_checkpoint(TrainingRun& run) override {
      if constexpr (requires { value().on_checkpoint(run); }) value().on_checkpoint(run);
    }
    void visit_state(StateVisitor& visitor) override {
      if constexpr (requires { value().visit_state(visitor); }) value().visit_state(visitor);
    }
  };

  std::shared_ptr<Held> held_;
};

}  // namespace tsattn
