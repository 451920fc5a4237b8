include(FetchContent)

# Every package that we use, once:  oldest version | repository | release that is fetched where no package is installed
set(tsattn_package_Eigen3         3.4    https://gitlab.com/libeigen/eigen.git       3.4.0)
set(tsattn_package_doctest        2.4    https://github.com/doctest/doctest.git      v2.4.12)
set(tsattn_package_nlohmann_json  3.10   https://github.com/nlohmann/json.git        v3.11.3)
set(tsattn_package_CLI11          2.1    https://github.com/CLIUtils/CLI11.git       v2.5.0)
set(tsattn_package_benchmark      1.7    https://github.com/google/benchmark.git     v1.9.4)

# tsattn_dependency(<package> [<more arguments of FetchContent_Declare>])
#
# Makes a package of the table available: the installed one if find_package finds it, else the fetched release, as system
# headers. Without a network, -D FETCHCONTENT_SOURCE_DIR_<PACKAGE>=<folder> names a copy of its sources.
function(tsattn_dependency package)
  list(POP_FRONT tsattn_package_${package} oldest repository release)
  FetchContent_Declare(${package}
    GIT_REPOSITORY ${repository}
    GIT_TAG ${release}
    GIT_SHALLOW ON
    SYSTEM
    ${ARGN}
    FIND_PACKAGE_ARGS ${oldest} CONFIG)

  # A fetched package is for this build: none of its own tests, and nothing of it in our install.
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
  set(DOCTEST_NO_INSTALL ON)
  set(BENCHMARK_ENABLE_INSTALL OFF)
  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_WERROR OFF)
  FetchContent_MakeAvailable(${package})
endfunction()

# tsattn_dependency_eigen()
#
# Eigen is only headers, and a fetched one is used as such: its own CMakeLists.txt looks for Fortran, BLAS and much more.
# So SOURCE_SUBDIR names a folder that has none, and the target is ours.
function(tsattn_dependency_eigen)
  if(TARGET Eigen3::Eigen)  # brought by the project around us
    return()
  endif()
  tsattn_dependency(Eigen3 SOURCE_SUBDIR Eigen)
  if(NOT TARGET Eigen3::Eigen)
    FetchContent_GetProperties(Eigen3 SOURCE_DIR headers)
    add_library(Eigen3::Eigen INTERFACE IMPORTED)
    target_include_directories(Eigen3::Eigen SYSTEM INTERFACE ${headers})
  endif()
endfunction()
