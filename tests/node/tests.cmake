# apps is no library: the files under test are compiled into it.
target_sources(test_node PRIVATE ${PROJECT_SOURCE_DIR}/src/apps/node.cpp ${PROJECT_SOURCE_DIR}/src/apps/node_tls.cpp
               ${PROJECT_SOURCE_DIR}/src/apps/command_line.cpp ${PROJECT_SOURCE_DIR}/src/apps/world.cpp
               ${PROJECT_SOURCE_DIR}/src/apps/doctor_checks.cpp ${PROJECT_SOURCE_DIR}/src/apps/setting_layers.cpp
               ${PROJECT_SOURCE_DIR}/src/apps/oversight_settings.cpp ${PROJECT_SOURCE_DIR}/src/apps/test_settings.cpp)
