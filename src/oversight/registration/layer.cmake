set(LAYER_LIBS nlohmann_json::nlohmann_json OpenSSL::Crypto)
meterway_table(oversight/registration/flags.inc registration_tables.py spec/service_flags.tsv)
