#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn::test {

/// Whether both hold the same shape and the same bits: -0 differs from 0, and a NaN is equal to itself.
template <class S>
bool same_bits(const Sequence<S>& a, const Sequence<S>& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(S)) == 0);
}

/// The same for the tensors of two lists, which must also have the same names.
template <class S>
bool same_bits(const std::vector<NamedTensor<S>>& a, const std::vector<NamedTensor<S>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NamedTensor<S>& x, const NamedTensor<S>& y) {
    return x.name == y.name && x.rows == y.rows && x.cols == y.cols &&
           std::memcmp(x.data, y.data, static_cast<std::size_t>(x.size()) * sizeof(S)) == 0;
  });
}

/// The same for the parameters (or gradients) of two layers of one type.
template <class S, class Parameters>
bool same_tensor_bits(Parameters a, Parameters b) {
  return same_bits(named_tensors<S>(a), named_tensors<S>(b));
}

/// max |a_i - b_i|; infinite if one of them is NaN.
template <class S>
S largest_difference(Index size, const S* a, const S* b) {
  S largest = 0;
  for (Index i = 0; i < size; ++i) {
    const S difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
    if (std::isnan(difference)) return std::numeric_limits<S>::infinity();
  }
  return largest;
}

/// Infinite if the shapes differ.
template <class S>
S largest_difference(const Sequence<S>& a, const Sequence<S>& b) {
  if (a.shape() != b.shape()) return std::numeric_limits<S>::infinity();
  return largest_difference(a.size(), a.data(), b.data());
}

/// Over all tensors of the parameters (or gradients) of two layers of one type; infinite if they are not the same
/// tensors.
template <class S, class Parameters>
S largest_tensor_difference(Parameters a, Parameters b) {
  const std::vector<NamedTensor<S>> x = named_tensors<S>(a), y = named_tensors<S>(b);
  if (x.size() != y.size()) return std::numeric_limits<S>::infinity();
  S largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i].size() != y[i].size()) return std::numeric_limits<S>::infinity();
    largest = std::max(largest, largest_difference(x[i].size(), x[i].data, y[i].data));
  }
  return largest;
}

}  // namespace tsattn::test
