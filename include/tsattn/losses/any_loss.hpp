#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/losses/loss.hpp>

namespace tsattn {

/// Any loss behind one type, which is what Trainer and evaluate take: one of the library, one of your own, or what
/// loss_from_name gives to programs that choose while they run. It is a loss itself, except that it has no kName of its
/// own: `name()` is that of the loss it holds. A loss that is written for one scalar type alone throws ConfigError when
/// it is asked for the other.
class AnyLoss {
 public:
  template <class Loss>
  requires(!std::same_as<Loss, AnyLoss>) && (LossFunction<Loss, float> || LossFunction<Loss, double>)AnyLoss(Loss loss)
      : held_(std::make_shared<Holder<Loss>>(std::move(loss))) {}  // implicit, as AnyOptimizer

  std::string_view name() const { return held_->name(); }

  // As the loss's own (losses/loss.hpp).
  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
    return held_->value(y, target, batch);
  }
  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
    held_->gradient(y, target, batch, dy);
  }

 private:
  struct Held {
    virtual ~Held() = default;
    virtual std::string_view name() const = 0;
    virtual double value(const Sequence<float>& y, const Sequence<float>& target, Index batch) const = 0;
    virtual double value(const Sequence<double>& y, const Sequence<double>& target, Index batch) const = 0;
    virtual void gradient(const Sequence<float>& y, const Sequence<float>&, Index batch, Sequence<float>& dy) const = 0;
    virtual void gradient(const Sequence<double>& y, const Sequence<double>&, Index batch,
                          Sequence<double>& dy) const = 0;
  };

  template <class Loss>
  struct Holder final : Held {
    Loss loss;

    explicit Holder(Loss held) : loss(std::move(held)) {}
    std::string_view name() const override { return Loss::kName; }
    double value(const Sequence<float>& y, const Sequence<float>& target, Index batch) const override {
      return value_in<float>(y, target, batch);
    }
    double value(const Sequence<double>& y, const Sequence<double>& target, Index batch) const override {
      return value_in<double>(y, target, batch);
    }
    void gradient(const Sequence<float>& y, const Sequence<float>& target, Index batch,
                  Sequence<float>& dy) const override {
      gradient_in<float>(y, target, batch, dy);
    }
    void gradient(const Sequence<double>& y, const Sequence<double>& target, Index batch,
                  Sequence<double>& dy) const override {
      gradient_in<double>(y, target, batch, dy);
    }

    template <class S>
    double value_in(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
      if constexpr (LossFunction<Loss, S>) return loss.value(y, target, batch);
      fail_for_scalar(sizeof(S));
    }
    template <class S>
    void gradient_in(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
      if constexpr (LossFunction<Loss, S>) return loss.gradient(y, target, batch, dy);
      fail_for_scalar(sizeof(S));
    }
    [[noreturn]] static void fail_for_scalar(std::size_t size) {
      fail<ConfigError>(Loss::kName, "expected a loss with a value and a gradient for ",
                        size == sizeof(float) ? "float" : "double", ", got one that has them for the other alone");
    }
  };

  std::shared_ptr<const Held> held_;  // nothing in it changes, so copies share it
};

/// Makes the loss with that kName and its default options. Throws ConfigError, listing the names, if there is none.
AnyLoss loss_from_name(std::string_view name);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/losses/any_loss.inl>
#endif
