# tsattn::compiled: what does not depend on a user's own types, compiled once in float and double, for programs of many
# files; a choice of build time alone. Each .inl beside a header becomes a source that includes both
# (include/tsattn/core/compiled.hpp says how a header is written for that); the kernels have sources of their own.
add_library(tsattn_compiled STATIC EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/src/kernels_float.cpp ${PROJECT_SOURCE_DIR}/src/kernels_double.cpp)
add_library(tsattn::compiled ALIAS tsattn_compiled)
target_link_libraries(tsattn_compiled PUBLIC tsattn)
target_compile_definitions(tsattn_compiled PUBLIC TSATTN_COMPILED_LIBRARY)
set_property(TARGET tsattn_compiled PROPERTY POSITION_INDEPENDENT_CODE ON)  # shared libraries may link it
# Both of the kernels' sources include the same headers, with other macros (kernels/kernel.hpp).
set_source_files_properties(
  ${PROJECT_SOURCE_DIR}/src/kernels_float.cpp ${PROJECT_SOURCE_DIR}/src/kernels_double.cpp
  TARGET_DIRECTORY tsattn_compiled
  PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# Model files in it as well where nlohmann-json is: looked for, never fetched for a program that may not want them.
if(NOT TARGET nlohmann_json::nlohmann_json)
  find_package(nlohmann_json 3.10 CONFIG QUIET)
endif()
if(TARGET nlohmann_json::nlohmann_json)
  target_link_libraries(tsattn_compiled PUBLIC nlohmann_json::nlohmann_json)
  target_compile_definitions(tsattn_compiled PUBLIC TSATTN_COMPILED_JSON)
endif()

set(TSATTN_COMPILED_OPTIONS "" CACHE STRING "Compiler options of tsattn::compiled, after those of the build type")
target_compile_options(tsattn_compiled PRIVATE ${TSATTN_COMPILED_OPTIONS})

file(GLOB_RECURSE definitions RELATIVE ${PROJECT_SOURCE_DIR}/include CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/include/tsattn/*.inl)
list(FILTER definitions EXCLUDE REGEX "^tsattn/(kernels|embedded/parts)/")
foreach(definition IN LISTS definitions)
  string(REGEX REPLACE "\\.inl$" ".hpp" header ${definition})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/${header})
  file(STRINGS ${PROJECT_SOURCE_DIR}/include/${header} json REGEX "^#if !defined\\(TSATTN_COMPILED_JSON\\)")
  if(json AND NOT TARGET nlohmann_json::nlohmann_json)
    continue()  # its users compile it
  endif()
  string(REGEX REPLACE "\\.inl$" ".cpp" source ${definition})
  string(REGEX REPLACE "^tsattn/" "" source ${source})
  set(source ${PROJECT_BINARY_DIR}/compiled/${source})
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
    "// Made by cmake/TsattnCompiled.cmake.\n#include <@header@>\n#include <@definition@>\n")
  target_sources(tsattn_compiled PRIVATE ${source})
endforeach()
