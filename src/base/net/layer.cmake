set(LAYER_LIBS Boost::headers Threads::Threads OpenSSL::SSL)
if(METERWAY_SANITIZE MATCHES "thread")
  # The thread sanitizer does not understand Asio's stand-alone fences; its queues are locked anyway.
  set(LAYER_DEFINITIONS BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
