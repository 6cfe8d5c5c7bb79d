# SPDX-License-Identifier: Apache-2.0
# Install rules and the package that find_package(qmtl) finds, with qmtl::io and qmtl::provider for those who have their packages.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/qmtl DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/compiled DESTINATION ${qmtl_package_dir})
install(TARGETS qmtl qmtl_compiled qmtl_compiled_float EXPORT qmtlTargets)
install(EXPORT qmtlTargets NAMESPACE qmtl:: DESTINATION ${qmtl_package_dir})
install(TARGETS qmtl_io EXPORT qmtlIoTargets)
install(EXPORT qmtlIoTargets NAMESPACE qmtl:: DESTINATION ${qmtl_package_dir})
install(TARGETS qmtl_provider EXPORT qmtlProviderTargets)
install(EXPORT qmtlProviderTargets NAMESPACE qmtl:: DESTINATION ${qmtl_package_dir})
install(FILES ${CMAKE_CURRENT_LIST_DIR}/Compiled.cmake ${CMAKE_CURRENT_LIST_DIR}/FindLibZip.cmake
              ${CMAKE_CURRENT_LIST_DIR}/IoPackages.cmake ${CMAKE_CURRENT_LIST_DIR}/ProviderPackages.cmake
        DESTINATION ${qmtl_package_dir})

configure_package_config_file(cmake/qmtlConfig.cmake.in ${PROJECT_BINARY_DIR}/qmtlConfig.cmake
                              INSTALL_DESTINATION ${qmtl_package_dir})
# Before 1.0 a minor version may break users. Header-only: the package serves every architecture.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/qmtlConfigVersion.cmake COMPATIBILITY SameMinorVersion
                                                                               ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/qmtlConfig.cmake ${PROJECT_BINARY_DIR}/qmtlConfigVersion.cmake
        DESTINATION ${qmtl_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/qmtl)
