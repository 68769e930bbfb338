# A Debian package by `scripts/package.sh`: the executable, its service, its configuration, its documents.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the tests need not be built for it
set(DEBIAN ${PROJECT_SOURCE_DIR}/deploy/debian)

install(TARGETS meterway RUNTIME DESTINATION /usr/bin COMPONENT package)
install(FILES ${DEBIAN}/meterway.service DESTINATION /lib/systemd/system COMPONENT package)
install(FILES ${DEBIAN}/config.json DESTINATION /etc/meterway COMPONENT package)
install(FILES ${PROJECT_BINARY_DIR}/package/meterway.1.gz DESTINATION /usr/share/man/man1 COMPONENT package)
install(FILES ${DEBIAN}/copyright ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/docs/operations/settings.md
              ${PROJECT_SOURCE_DIR}/docs/reference/log-messages.md ${PROJECT_BINARY_DIR}/package/changelog.gz
        DESTINATION /usr/share/doc/meterway COMPONENT package)
install(FILES ${PROJECT_SOURCE_DIR}/deploy/grafana/meterway.json ${PROJECT_SOURCE_DIR}/deploy/prometheus/prometheus.yml
              ${PROJECT_SOURCE_DIR}/deploy/prometheus/alerts.yml
        DESTINATION /usr/share/meterway COMPONENT package)

# Without the date of the day in it, so that the same sources give the same bytes.
foreach(PAGE "${DEBIAN}/meterway.1:meterway.1.gz" "${PROJECT_SOURCE_DIR}/CHANGELOG.md:changelog.gz")
  string(REPLACE ":" ";" PAGE ${PAGE})
  list(GET PAGE 0 FROM)
  list(GET PAGE 1 TO)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/package/${TO}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/package
    COMMAND gzip -9nc ${FROM} > ${PROJECT_BINARY_DIR}/package/${TO}
    DEPENDS ${FROM} VERBATIM)
  list(APPEND PAGES ${PROJECT_BINARY_DIR}/package/${TO})
endforeach()
add_custom_target(package_pages DEPENDS ${PAGES})

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)  # places are absolute
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL package)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_PACKAGE_NAME meterway)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the maintainers of Meterway <maintainers@meterway.invalid>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.52)")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "open smart metering data and communications company\n\
 The platform between energy suppliers and smart meters of Great Britain: DUIS requests in, GBCS commands out,\n\
 with emulated homes, oversight records and the tools of an operator, in one executable.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${DEBIAN}/postinst ${DEBIAN}/prerm ${DEBIAN}/postrm ${DEBIAN}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
