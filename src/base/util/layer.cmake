find_package(ZLIB REQUIRED)
set(LAYER_LIBS Threads::Threads ZLIB::ZLIB)
