#pragma once

#include <memory>
#include <span>
#include <utility>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>

/// The contract of an optimizer. Like a layer it has two types: the description is a plain struct of options
/// (`Adam{}`), and its `template <class S> class State` does the work and remembers what one step leaves for the next:
///   State(const Description&)
///   void step(parameters, gradients, gradient_scale)    moves the parameters against gradient_scale * gradients
///   double learning_rate() const                        of the next step
///   void set_learning_rate(double)                      throws ConfigError unless it is above 0 and finite
///   void visit_state(StateVisitor&)                     visits all that it remembers, also before the first step
/// `parameters` and `gradients` list the same tensors in the same order at every step. Options are not part of the
/// state, nor is the learning rate: who reads one decides them anew. A State that took over another's goes on with the
/// same bits. If reading throws, the State is good for nothing but another reading. Whether the state fits the
/// parameters shows at the next step, which throws ShapeError before it moves anything.
namespace tsattn {

/// Any optimizer behind one type. It is made from the optimizer's description.
template <class S>
class AnyOptimizer {
 public:
  template <class Description>
  requires requires { typename Description::template State<S>; }
  AnyOptimizer(const Description& description)  // implicit: Trainer<float>(model, Adam{})
      : held_(std::make_unique<Holder<typename Description::template State<S>>>(description)) {}

  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale) {
    held_->step(parameters, gradients, gradient_scale);
  }
  /// Returns the learning rate of the next step.
  double learning_rate() const { return held_->learning_rate(); }
  /// Sets the learning rate of the next step. Throws ConfigError, and changes nothing, unless it is above 0 and finite.
  void set_learning_rate(double learning_rate) { held_->set_learning_rate(learning_rate); }
  void visit_state(StateVisitor& visitor) { held_->visit_state(visitor); }

 private:
  struct Held {
    virtual ~Held() = default;
    virtual void step(std::span<const NamedTensor<S>>, std::span<const NamedTensor<S>>, double gradient_scale) = 0;
    virtual double learning_rate() const = 0;
    virtual void set_learning_rate(double) = 0;
    virtual void visit_state(StateVisitor&) = 0;
  };
  template <class State>
  struct Holder final : Held {
    State state;

    template <class Description>
    explicit Holder(const Description& description) : state(description) {}
    void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
              double scale) override {
      state.step(parameters, gradients, scale);
    }
    double learning_rate() const override { return state.learning_rate(); }
    void set_learning_rate(double learning_rate) override { state.set_learning_rate(learning_rate); }
    void visit_state(StateVisitor& visitor) override { state.visit_state(visitor); }
  };

  std::unique_ptr<Held> held_;
};

}  // namespace tsattn
