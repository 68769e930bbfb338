set(LAYER_LIBS Boost::headers Threads::Threads OpenSSL::SSL)
if(METERWAY_SANITIZE MATCHES "thread")
  # The thread sanitizer does not understand Asio's stand-alone fences; its queues are locked anyway.
  set_source_files_properties(${SOURCES} PROPERTIES COMPILE_DEFINITIONS BOOST_ASIO_DISABLE_FENCED_BLOCK)
  set_source_files_properties(${TESTS} DIRECTORY ${PROJECT_SOURCE_DIR}
                              PROPERTIES COMPILE_DEFINITIONS BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
