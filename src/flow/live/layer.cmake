set(LAYER_LIBS nlohmann_json::nlohmann_json)
