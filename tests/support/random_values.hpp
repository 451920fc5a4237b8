#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn::test {

/// Values of both signs, of magnitude 0.05 to 1.05, no two alike: a swapped axis, a transposed matrix or a step out of
/// order changes a result. None is so close to 0 that a difference quotient would meet relu's kink there.
template <class S>
void randomize(S* values, Index size, Random& random) {
  std::generate_n(values, size, [&] {
    const double value = random.uniform(-1, 1);
    return static_cast<S>(value + std::copysign(0.05, value));
  });
}

/// The same in every tensor of a layer's parameters or gradients.
template <class Parameters>
void randomize(Parameters& parameters, Random& random) {
  Parameters::visit(parameters, [&](auto&&, auto& tensor) { randomize(tensor.data(), tensor.size(), random); });
}

template <class S>
std::vector<S> random_values(Index size, Random& random) {
  std::vector<S> values(static_cast<std::size_t>(size));
  randomize(values.data(), size, random);
  return values;
}

template <class S>
Sequence<S> random_sequence(const SequenceShape& shape, Random& random) {
  Sequence<S> x(shape);
  randomize(x.data(), x.size(), random);
  return x;
}

}  // namespace tsattn::test
