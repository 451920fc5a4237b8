# cmake -D SOURCE=<of tsattn> -D FOLDER=<for builds> -D OPTIONS=<of their configuration> -P broken_peers_test.cmake
#
# Configures the benchmarks with packages of oneDNN that are broken in several ways, and finds them whole, without it.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${FOLDER})

# expect_a_build_without(<what is wrong> <text of its dnnl-config.cmake>)
function(expect_a_build_without what text)
  string(REPLACE " " "_" name ${what})
  set(package ${FOLDER}/${name}/package)
  file(WRITE ${package}/dnnl-config.cmake "${text}")
  # With a version, so that it is the one that is chosen where oneDNN is installed too.
  file(WRITE ${package}/dnnl-config-version.cmake
    "set(PACKAGE_VERSION 2.6.3)\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${FOLDER}/${name}/build ${OPTIONS}
      -D dnnl_DIR=${package} -D CMAKE_DISABLE_FIND_PACKAGE_Torch=ON
      -D TSATTN_BUILD_TESTS=OFF -D TSATTN_BUILD_EXAMPLES=OFF -D TSATTN_BUILD_BENCHMARKS=ON
    RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    message(FATAL_ERROR "expected a configuration without a package that ${what}, got\n${output}")
  endif()
  if(NOT output MATCHES "without the peer dnnl: a program that links it does not build")
    message(FATAL_ERROR "expected to be told that a package ${what}, got\n${output}")
  endif()
endfunction()

expect_a_build_without("ends with an error" "message(FATAL_ERROR \"broken\")\n")
expect_a_build_without("demands what is not there" "find_package(NobodyHasThis REQUIRED)\n")
expect_a_build_without("has no target" "")
expect_a_build_without("names a library that is gone"
  "add_library(DNNL::dnnl SHARED IMPORTED)
set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION /nowhere/libdnnl.so)\n")
