# Each public header compiles alone, under our warnings.
#
# Where tsattn::compiled is linked, a header that has an .inl beside it is the first line of a source of that library, so
# that only the others are left: the target self_contained_headers, part of a build with all tests.
#
# In a header-only program those with an .inl include it, and each may be the first to lead to all others: the target
# header_sources checks them so, for a build that has the time.
if(MSVC)
  return()
endif()
get_target_property(headers tsattn HEADER_SET)
if(NOT ZLIB_FOUND)
  list(FILTER headers EXCLUDE REGEX "/(formats/npz|formats/gzip|data/csv_gzip)\\.hpp$")
endif()
set(alone "")
set(with_definitions "")
foreach(header IN LISTS headers)
  if(header MATCHES "\\.inl$")
    continue()
  endif()
  cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/include OUTPUT_VARIABLE name)
  string(REGEX REPLACE "\\.hpp$" ".cpp" source ${CMAKE_CURRENT_BINARY_DIR}/headers/${name})
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT "// Made by tests/self_contained_headers.cmake.\n#include <@name@>\n")
  string(REGEX REPLACE "\\.hpp$" ".inl" definitions ${header})
  if(definitions IN_LIST headers)
    list(APPEND with_definitions ${source})
  else()
    list(APPEND alone ${source})
  endif()
endforeach()

set(libraries nlohmann_json::nlohmann_json $<TARGET_NAME_IF_EXISTS:ZLIB::ZLIB> tsattn_warnings)
add_library(self_contained_headers OBJECT EXCLUDE_FROM_ALL ${alone})
target_link_libraries(self_contained_headers PRIVATE tsattn::compiled ${libraries})
add_library(header_sources OBJECT EXCLUDE_FROM_ALL ${with_definitions})
target_compile_options(header_sources PRIVATE -fsyntax-only)
target_link_libraries(header_sources PRIVATE tsattn::tsattn ${libraries})
set_target_properties(self_contained_headers header_sources PROPERTIES UNITY_BUILD OFF)
if(TSATTN_FULL_TESTS)
  set_target_properties(self_contained_headers PROPERTIES EXCLUDE_FROM_ALL OFF)
endif()
