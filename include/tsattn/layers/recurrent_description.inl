#pragma once

#include <cstddef>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/recurrent_description.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void require_recurrent_inputs(const BuildContext& context, Index units, Index states,
                                                      std::string_view meaning) {
  require_positive(context.where, "units", units);
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1, 1 + states}, meaning);
  for (std::size_t s = 1; s < context.inputs.size(); ++s)
    if (context.inputs[s] != SampleShape{1, units})
      fail<ShapeError>(context.where, "expected an initial state ", SampleShape{1, units}, ", got ", context.inputs[s]);
}

TSATTN_LIBRARY_FUNCTION SaturatedCount recurrent_weight_count(Index gates, Index units, RecurrentBias bias,
                                                              const InputSizes& inputs) {
  const Index biases = bias == RecurrentBias::none ? 0 : bias == RecurrentBias::one ? 1 : 2;
  return SaturatedCount(gates) * units * (inputs.features(0) + units + biases);
}

}  // namespace tsattn
