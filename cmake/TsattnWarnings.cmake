include_guard()

option(TSATTN_WARNINGS_AS_ERRORS "Warnings in the tests, examples and benchmarks are errors" ON)

# The warnings that our own tests, examples and benchmarks are compiled with. tsattn itself never links this target, so
# that nobody who uses the library gets a flag from it.
add_library(tsattn_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_FRONTEND_VARIANT STREQUAL "MSVC" OR MSVC)
  target_compile_options(tsattn_warnings INTERFACE /W4 $<$<BOOL:${TSATTN_WARNINGS_AS_ERRORS}>:/WX>)
else()
  target_compile_options(tsattn_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    # GCC 12 at -O3 sees overlapping copies in every `"text" + std::string` (GCC bug 105651, mended in 13).
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<BOOL:${TSATTN_WARNINGS_AS_ERRORS}>:-Werror>)
endif()
