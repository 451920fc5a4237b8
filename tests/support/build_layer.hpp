#pragma once

#include <cstdint>
#include <vector>

#include <tsattn/core/random.hpp>
#include <tsattn/layers/layer.hpp>

namespace tsattn::test {

/// The described layer on inputs of those shapes. Messages of its build start with "[a layer] ".
template <class S, class Description>
auto build_layer(const Description& description, const std::vector<SampleShape>& inputs, std::uint64_t seed = 0) {
  Random random(seed);
  return description.template build<S>(BuildContext{"a layer", inputs, random});
}

}  // namespace tsattn::test
