#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn::test {

/// FNV-1a over the bytes of all weights.
template <class S>
std::uint64_t hash_of_weights(Graph<S>& model) {
  std::uint64_t hash = 14695981039346656037U;
  for (const NamedTensor<S>& tensor : model.parameters()) {
    std::vector<unsigned char> bytes(static_cast<std::size_t>(tensor.size()) * sizeof(S));
    std::memcpy(bytes.data(), tensor.data, bytes.size());
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211U;
  }
  return hash;
}

}  // namespace tsattn::test
