# Each public header compiles alone, under our warnings. This is a target of its own, not a property of tsattn, because
# a few headers need more than Eigen (training/logs/history_json.hpp nlohmann-json, formats/npz.hpp, formats/gzip.hpp and
# data/csv_gzip.hpp zlib), which tsattn must not ask of its users.
# The .inl files are parts of the headers beside them.
get_target_property(headers tsattn HEADER_SET)
list(FILTER headers EXCLUDE REGEX "\\.inl$")
if(NOT ZLIB_FOUND)
  list(FILTER headers EXCLUDE REGEX "/(formats/npz|formats/gzip|data/csv_gzip)\\.hpp$")
endif()
add_library(tsattn_headers INTERFACE)
target_sources(tsattn_headers
  INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${headers})
target_link_libraries(tsattn_headers
  INTERFACE tsattn::tsattn nlohmann_json::nlohmann_json $<TARGET_NAME_IF_EXISTS:ZLIB::ZLIB> tsattn_warnings)
set_target_properties(tsattn_headers PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)

# CMake makes the verification targets at the very end and builds them only on request; this is the request.
add_custom_target(self_contained_headers ALL)
add_dependencies(self_contained_headers all_verify_interface_header_sets)
