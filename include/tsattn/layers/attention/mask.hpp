#pragma once

#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>

namespace tsattn {

/// Which keys a query may look at: all, or only those of its own step and earlier ones.
enum class AttentionMask { none, causal };

template <>
struct EnumNames<AttentionMask> {
  static constexpr std::string_view kOption = "mask";
  static constexpr std::pair<std::string_view, AttentionMask> kNames[] = {{"none", AttentionMask::none},
                                                                          {"causal", AttentionMask::causal}};
};

/// How many of the `keys` keys the query of step t looks at, from the first on.
inline Index visible_keys(AttentionMask mask, Index t, Index keys) {
  return mask == AttentionMask::causal ? t + 1 : keys;
}

/// Whether what `queries` queries of a sample do with its keys is one product. For a few queries, and under a mask,
/// which cuts the products to triangles, one query after the other is faster.
inline bool uses_products(AttentionMask mask, Index queries) { return mask == AttentionMask::none && queries >= 4; }

}  // namespace tsattn
