#pragma once

#include <cmath>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

// Checks with messages of one form. `where` is the layer or function; `what` the argument as its documentation names
// it.

/// Throws ShapeError unless `x` has `features` features.
template <class Scalar>
void require_features(std::string_view where, std::string_view what, const Sequence<Scalar>& x, Index features) {
  if (x.features() != features)
    fail<ShapeError>(where, "expected ", what, " with ", features, " features, got ", what, " = ", x.shape());
}

/// Throws ShapeError unless `x` has the shape `expected`.
template <class Scalar>
void require_shape(std::string_view where, std::string_view what, const Sequence<Scalar>& x,
                   const SequenceShape& expected) {
  if (x.shape() != expected) fail<ShapeError>(where, "expected ", what, " = ", expected, ", got ", x.shape());
}

/// Throws DataError, naming step, sample and feature, if a value of `x` is NaN or infinite.
template <class S>
void require_finite(std::string_view where, std::string_view what, const Sequence<S>& x) {
  for (Index i = 0; i < x.size(); ++i)
    if (!std::isfinite(x.data()[i]))
      fail<DataError>(where, "expected finite values in ", what, ", got ", x.data()[i], " at step ",
                      i / (x.features() * x.batch()), ", sample ", i / x.features() % x.batch(), ", feature ",
                      i % x.features());
}

/// Throws ConfigError unless `value`, the option `option`, is at least 1.
inline void require_positive(std::string_view where, std::string_view option, Index value) {
  if (value < 1) fail<ConfigError>(where, "expected ", option, " of at least 1, got ", value);
}

}  // namespace tsattn
