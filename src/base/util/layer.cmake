set(LAYER_LIBS Threads::Threads)
