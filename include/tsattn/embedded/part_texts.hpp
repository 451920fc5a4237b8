#pragma once

#include <string_view>

#include <tsattn/core/compiled.hpp>

namespace tsattn::embedded {

/// Returns the text of embedded/parts/<name>.hpp, which exported headers hold; empty if there is no such part.
std::string_view part_text(std::string_view name);

}  // namespace tsattn::embedded

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/embedded/part_texts.inl>
#endif
