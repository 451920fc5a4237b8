include_guard()

set(tsattn_peer_project ${CMAKE_CURRENT_LIST_DIR}/peer)

# tsattn_find_peer(<package> <oldest version> <target>)
#
# Finds the package of a library that the benchmarks are compared with, in the scope of the caller, if a program that
# links its target can be built; otherwise <package>_FOUND is false and a message says why. A package that is broken ends
# the configuration that looks for it, QUIET or not (Debian's dnnl-config.cmake demands an OpenCL that its package does
# not): so it is tried in a configuration of its own (cmake/peer/).
macro(tsattn_find_peer package oldest target)
  tsattn_try_peer(${package} ${oldest} ${target})
  if(tsattn_peer_builds)
    find_package(${package} ${oldest} CONFIG QUIET)
  else()
    set(${package}_FOUND FALSE)
  endif()
endmacro()

function(tsattn_try_peer package oldest target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/peer_${package})
  set(options "")
  foreach(name IN ITEMS
      CMAKE_TOOLCHAIN_FILE CMAKE_CXX_COMPILER CMAKE_CXX_FLAGS CMAKE_MAKE_PROGRAM CMAKE_PREFIX_PATH
      ${package}_DIR ${package}_ROOT CMAKE_DISABLE_FIND_PACKAGE_${package})
    if(${name})
      string(REPLACE ";" "\\;" value "${${name}}")
      list(APPEND options "-D${name}=${value}")
    endif()
  endforeach()
  # Nothing is remembered from the last time: the package may have been mended, or broken, since.
  file(REMOVE_RECURSE ${folder})
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${tsattn_peer_project} -B ${folder} -G ${CMAKE_GENERATOR} ${options}
      -D PEER_PACKAGE=${package} -D PEER_OLDEST=${oldest} -D PEER_TARGET=${target} -D CMAKE_BUILD_TYPE=Release
    RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT failed)
    execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}
      RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  endif()
  if(failed)
    file(WRITE ${folder}/why_not.txt "${output}")
    set(reason "it is not installed")
    if(NOT output MATCHES "Could not find a package configuration file provided by[ \n]+\"${package}\"")
      set(reason "a program that links it does not build, see ${folder}/why_not.txt")
    endif()
    message(STATUS "tsattn: without the peer ${package}: ${reason}")
  endif()
  if(failed)
    set(tsattn_peer_builds FALSE PARENT_SCOPE)
  else()
    set(tsattn_peer_builds TRUE PARENT_SCOPE)
  endif()
endfunction()
