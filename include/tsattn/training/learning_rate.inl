#pragma once

#include <cmath>
#include <numbers>
#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/training/callbacks.hpp>
#include <tsattn/training/learning_rate.hpp>

namespace tsattn {

namespace learning_rate_parts {

/// base^exponent by repeated squaring: only products, which IEEE 754 rounds alike everywhere, as no pow() is.
inline double power(double base, Index exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base)
    if (exponent % 2 == 1) result *= base;
  return result;
}

/// sin(pi / 2 x) of x in [0, 1], within 3 ULP and the same on every machine: with b = pi / 2 x
///   sin b = b (1 - b^2 / (2 3) (1 - b^2 / (4 5) (1 - ...))),   b^23 / 23! < 2^-59, so 11 factors are enough.
inline double sine_of_quarter_turns(double x) {
  const double b = std::numbers::pi / 2 * x;
  double series = 1;
  for (int k = 11; k >= 1; --k) series = std::fma(-(b * b / (2 * k * (2 * k + 1))), series, 1.0);
  return b * series;
}

/// Throws ConfigError unless `value` is in (0, 1].
inline void require_share(std::string_view where, std::string_view option, double value) {
  if (!(value > 0 && value <= 1)) fail<ConfigError>(where, "expected ", option, " in (0, 1], got ", value);
}

/// Before the first step rather than after hours: throws ConfigError if `last_scale`, which is that of the last batch,
/// leaves nothing of the learning rate.
inline void require_rate_left(std::string_view where, const TrainingRun& run, double last_scale) {
  if (!(run.learning_rate() * last_scale > 0))
    fail<ConfigError>(where, "expected a learning rate above 0 up to the last of ", run.epochs,
                      " epochs, got 0; let it decay less or train for fewer epochs");
}

}  // namespace learning_rate_parts

TSATTN_LIBRARY_FUNCTION double StepDecay::scale(Index epoch) const {
  const Index full = full_epochs > 0 ? full_epochs : every_epochs;
  return epoch <= full ? 1.0 : learning_rate_parts::power(factor, 1 + (epoch - 1 - full) / every_epochs);
}

TSATTN_LIBRARY_FUNCTION void StepDecay::on_train_begin(TrainingRun& run) const {
  learning_rate_parts::require_share("StepDecay", "a factor", factor);
  require_positive("StepDecay", "every_epochs", every_epochs);
  if (full_epochs < 0) fail<ConfigError>("StepDecay", "expected full_epochs of at least 0, got ", full_epochs);
  learning_rate_parts::require_rate_left("StepDecay", run, scale(run.epochs));
}

TSATTN_LIBRARY_FUNCTION void ExponentialDecay::on_train_begin(TrainingRun& run) const {
  learning_rate_parts::require_share("ExponentialDecay", "a factor", factor);
  learning_rate_parts::require_rate_left("ExponentialDecay", run, scale(run.epochs));
}

TSATTN_LIBRARY_FUNCTION double ExponentialDecay::scale(Index epoch) const {
  return learning_rate_parts::power(factor, epoch - 1);
}

TSATTN_LIBRARY_FUNCTION double CosineDecay::scale(Index done, Index all) const {
  if (done >= all) return final_fraction;
  // (1 + cos(pi t / T)) / 2 = sin^2(pi / 2 (T - t) / T), which stays exact where the left side cancels
  const double root =
      learning_rate_parts::sine_of_quarter_turns(static_cast<double>(all - done) / static_cast<double>(all));
  return std::fma(1 - final_fraction, root * root, final_fraction);
}

TSATTN_LIBRARY_FUNCTION void CosineDecay::on_train_begin(TrainingRun& run) const {
  if (!(final_fraction >= 0 && final_fraction <= 1))
    fail<ConfigError>("CosineDecay", "expected a final_fraction in [0, 1], got ", final_fraction);
  if (epochs < 0) fail<ConfigError>("CosineDecay", "expected epochs of at least 0, got ", epochs);
  learning_rate_parts::require_rate_left("CosineDecay", run, scale(run.epochs * run.batches - 1, batches_of(run)));
}

TSATTN_LIBRARY_FUNCTION double WarmUp::scale(Index done) const {
  if (done >= batches) return 1;
  return std::fma(1 - initial_fraction, static_cast<double>(done) / static_cast<double>(batches), initial_fraction);
}

TSATTN_LIBRARY_FUNCTION void WarmUp::on_train_begin(TrainingRun&) const {
  require_positive("WarmUp", "batches", batches);
  learning_rate_parts::require_share("WarmUp", "an initial_fraction", initial_fraction);
}

}  // namespace tsattn
