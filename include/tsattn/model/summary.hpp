#pragma once

#include <string>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

/// `number` with a comma before every third digit from the right: 17,026.
std::string with_thousands_separators(Index number);

/// Writes the model as a table: layer, what it reads (unless the model is a chain), output shape, parameters, and their
/// total.
template <class S>
std::string summary(const Graph<S>& model);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/model/summary.inl>
#endif
