set(LAYER_LIBS OpenSSL::Crypto nlohmann_json::nlohmann_json)
