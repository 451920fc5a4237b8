include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Nothing of it depends on the machine: all of it goes to include/ and share/.
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/tsattn)
set(pkgconfig_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)

install(TARGETS tsattn EXPORT tsattnTargets FILE_SET HEADERS)
install(EXPORT tsattnTargets NAMESPACE tsattn:: DESTINATION ${package_dir})

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/tsattnConfig.cmake.in ${PROJECT_BINARY_DIR}/tsattnConfig.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tsattnConfigVersion.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/tsattnConfig.cmake ${PROJECT_BINARY_DIR}/tsattnConfigVersion.cmake
    ${PROJECT_SOURCE_DIR}/cmake/TsattnCompiled.cmake
  DESTINATION ${package_dir})

# tsattn.pc finds the headers from where it lies, so that an installed tree can be moved.
file(RELATIVE_PATH pkgconfig_to_include
  ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${PROJECT_SOURCE_DIR}/cmake/tsattn.pc.in ${PROJECT_BINARY_DIR}/tsattn.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tsattn.pc DESTINATION ${pkgconfig_dir})
