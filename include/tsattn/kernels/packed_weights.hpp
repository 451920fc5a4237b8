#pragma once

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/kernels/simd/instruction_set.hpp>

namespace tsattn::kernels {

/// The weights of a recurrent cell in the order in which its kernels read them, which depends on the instruction set.
template <class S>
struct PackedWeights {
  InstructionSet instruction_set = InstructionSet::reference;
  AlignedBuffer<S> values;
  AlignedBuffer<S> bias;  // what the steps start from, where a layer has it in two parts or not at all
};

}  // namespace tsattn::kernels
