#pragma once

#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/layers/foreign_arrays.hpp>

/// What the scores with weights have in common with Keras' attention.
namespace tsattn {

/// Throws ConfigError if arrays are to be written.
inline void require_keras_can_be_read(const ForeignContext& context) {
  if (context.is_written)
    fail<ConfigError>(context.where, "expected layers with a counterpart in Keras, got ", context.layer,
                      ": its attention has weights of its own for queries and keys, which that of Keras has not");
}

/// Throws ConfigError for a matrix that can be no multiple of the identity; `queries` says what its rows are.
inline void require_square_as_in_keras(const ForeignContext& context, const ForeignTensor& w,
                                       std::string_view queries) {
  if (w.rows != w.cols)
    fail<ConfigError>(context.where, "expected the layer ", context.layer, " with as many ", queries,
                      " as features of a key, as in Keras, got a matrix (", w.rows, ", ", w.cols, ')');
}

}  // namespace tsattn
