#pragma once

#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/kernels/simd/packs.hpp>

#define TSATTN_SIMD_FORM "tsattn/kernels/recurrent/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
