#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/errors.hpp>
#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/loss.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>

namespace tsattn {

/// Any loss behind one type, for programs that choose it while they run: Trainer<float, AnyLoss>(model, Adam{},
/// loss_from_name("mae")). Itself a loss, but that its name is that of the one it holds.
class AnyLoss {
 public:
  template <class Loss>
  requires(!std::same_as<Loss, AnyLoss>) && LossFunction<Loss, float>&& LossFunction<Loss, double> AnyLoss(Loss loss)
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
      return loss.value(y, target, batch);
    }
    double value(const Sequence<double>& y, const Sequence<double>& target, Index batch) const override {
      return loss.value(y, target, batch);
    }
    void gradient(const Sequence<float>& y, const Sequence<float>& target, Index batch,
                  Sequence<float>& dy) const override {
      loss.gradient(y, target, batch, dy);
    }
    void gradient(const Sequence<double>& y, const Sequence<double>& target, Index batch,
                  Sequence<double>& dy) const override {
      loss.gradient(y, target, batch, dy);
    }
  };

  std::shared_ptr<const Held> held_;  // nothing in it changes, so copies share it
};

/// The loss with that kName and its default options. Throws ConfigError, listing the names, if there is none.
inline AnyLoss loss_from_name(std::string_view name) {
  std::optional<AnyLoss> found;
  std::string known;
  const auto consider = [&]<class Loss>(const Loss& loss) {
    known.append(known.empty() ? "" : ", ").append(Loss::kName);
    if (name == Loss::kName) found = loss;
  };
  consider(MeanSquaredError{}), consider(MeanAbsoluteError{}), consider(Huber{});
  consider(BinaryCrossEntropy{}), consider(SoftmaxCrossEntropy{});
  if (!found) fail<ConfigError>("loss", "expected one of ", known, ", got \"", name, '"');
  return *found;
}

}  // namespace tsattn
