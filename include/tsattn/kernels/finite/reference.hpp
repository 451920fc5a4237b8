#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
bool all_finite(Index size, const S* x) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  constexpr Bits kMantissa = (Bits{1} << (std::numeric_limits<S>::digits - 1)) - 1;
  bool is_finite = true;
  for (Index i = 0; i < size; ++i) is_finite = is_finite && (std::bit_cast<Bits>(x[i]) << 1U) < (~kMantissa << 1U);
  return is_finite;
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
