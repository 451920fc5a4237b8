# tsattn_add_compiled(<folder that holds tsattn/>)
#
# Makes the target tsattn::compiled: what does not depend on a user's own types, compiled once in float and double, for
# programs of many files; a choice of build time alone. It is built in the project that asks for it, with its compiler and
# flags, and only if something links it: here, in a project that adds this folder, or in one that found an installed
# package with the component `compiled`.
#
# Each .inl beside a header becomes a source that includes both (tsattn/core/compiled.hpp says how a header is written
# for that); the kernels are one source for each scalar.
include_guard()
set(TSATTN_COMPILED_OPTIONS "" CACHE STRING "Compiler options of tsattn::compiled, after those of the build type")

function(tsattn_add_compiled include_folder)
  set(sources_folder ${CMAKE_CURRENT_BINARY_DIR}/tsattn_compiled)
  add_library(tsattn_compiled STATIC EXCLUDE_FROM_ALL)
  add_library(tsattn::compiled ALIAS tsattn_compiled)
  target_link_libraries(tsattn_compiled PUBLIC tsattn::tsattn)
  target_compile_definitions(tsattn_compiled PUBLIC TSATTN_COMPILED_LIBRARY)
  target_compile_options(tsattn_compiled PRIVATE ${TSATTN_COMPILED_OPTIONS})
  # Where sources are compiled together, not all of them: several cores can share these.
  set_property(TARGET tsattn_compiled PROPERTY UNITY_BUILD_BATCH_SIZE 16)
  set_property(TARGET tsattn_compiled PROPERTY POSITION_INDEPENDENT_CODE ON)  # shared libraries may link it

  # Model files in it as well where nlohmann-json is: looked for, never fetched for a program that may not want them.
  if(NOT TARGET nlohmann_json::nlohmann_json)
    find_package(nlohmann_json 3.10 CONFIG QUIET)
  endif()
  if(TARGET nlohmann_json::nlohmann_json)
    target_link_libraries(tsattn_compiled PUBLIC nlohmann_json::nlohmann_json)
    target_compile_definitions(tsattn_compiled PUBLIC TSATTN_COMPILED_JSON)
  endif()

  set(made_by "// Made by cmake/TsattnCompiled.cmake, as a part of the library tsattn::compiled.")
  foreach(scalar float double)
    set(source ${sources_folder}/kernels_${scalar}.cpp)
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
      "@made_by@\n#define TSATTN_COMPILED_SCALAR @scalar@\n#include <tsattn/kernels/all.hpp>\n")
    target_sources(tsattn_compiled PRIVATE ${source})
    # Both include the same headers with another macro (tsattn/kernels/kernel.hpp).
    set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()

  file(GLOB_RECURSE definitions RELATIVE ${include_folder} CONFIGURE_DEPENDS ${include_folder}/tsattn/*.inl)
  list(FILTER definitions EXCLUDE REGEX "^tsattn/(kernels|embedded/parts)/")
  if(NOT definitions)
    message(FATAL_ERROR "tsattn::compiled: expected the folder tsattn/ with definitions (.inl) in ${include_folder}")
  endif()
  foreach(definition IN LISTS definitions)
    string(REGEX REPLACE "\\.inl$" ".hpp" header ${definition})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${include_folder}/${header})
    file(STRINGS ${include_folder}/${header} json REGEX "^#if !defined\\(TSATTN_COMPILED_JSON\\)")
    if(json AND NOT TARGET nlohmann_json::nlohmann_json)
      continue()  # each program compiles it
    endif()
    string(REGEX REPLACE "^tsattn/(.*)\\.inl$" "\\1.cpp" source ${definition})
    set(source ${sources_folder}/${source})
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT "@made_by@\n#include <@header@>\n#include <@definition@>\n")
    target_sources(tsattn_compiled PRIVATE ${source})
  endforeach()
endfunction()
