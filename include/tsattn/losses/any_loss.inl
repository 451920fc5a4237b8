#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/loss.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION AnyLoss loss_from_name(std::string_view name) {
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
