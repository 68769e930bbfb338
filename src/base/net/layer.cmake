set(LAYER_LIBS Boost::headers Threads::Threads)
