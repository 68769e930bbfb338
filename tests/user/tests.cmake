# The User's side lives in apps, which is no library: its files are compiled into the test.
file(GLOB USER_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/apps/user_*.cpp)
target_sources(test_user PRIVATE ${USER_SOURCES} ${PROJECT_SOURCE_DIR}/src/apps/command_line.cpp ${PROJECT_SOURCE_DIR}/src/apps/world.cpp ${PROJECT_SOURCE_DIR}/src/apps/node.cpp
               ${PROJECT_SOURCE_DIR}/src/apps/node_tls.cpp)
target_link_libraries(test_user PRIVATE fmt::fmt)
