set(LAYER_LIBS SQLite::SQLite3)
