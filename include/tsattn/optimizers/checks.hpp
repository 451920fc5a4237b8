#pragma once

#include <cmath>
#include <string_view>

#include <tsattn/core/errors.hpp>

namespace tsattn {

// Checks of an optimizer's options, with messages of one form. `where` is the optimizer, `option` what is expected, as
// in "a learning_rate".

/// Throws ConfigError unless `value` is finite and above 0.
inline void require_above_zero(std::string_view where, std::string_view option, double value) {
  if (!(value > 0) || !std::isfinite(value))
    fail<ConfigError>(where, "expected ", option, " above 0 and finite, got ", value);
}

/// Throws ConfigError unless `value` is finite and at least 0.
inline void require_at_least_zero(std::string_view where, std::string_view option, double value) {
  if (!(value >= 0) || !std::isfinite(value))
    fail<ConfigError>(where, "expected ", option, " of at least 0 and finite, got ", value);
}

/// Throws ConfigError unless `value`, the share of a running sum or mean that stays at every step, is in [0, 1).
inline void require_below_one(std::string_view where, std::string_view option, double value) {
  if (!(value >= 0 && value < 1)) fail<ConfigError>(where, "expected ", option, " in [0, 1), got ", value);
}

}  // namespace tsattn
