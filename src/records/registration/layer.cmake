set(LAYER_LIBS nlohmann_json::nlohmann_json)
meterway_table(records/registration/sources.inc registration_tables.py spec/registration_sources.tsv)
