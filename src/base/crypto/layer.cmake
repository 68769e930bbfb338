set(LAYER_LIBS OpenSSL::Crypto)
