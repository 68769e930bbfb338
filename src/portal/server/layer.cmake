set(LAYER_LIBS nlohmann_json::nlohmann_json)
meterway_table(portal/server/routes.inc api_routes.py spec/api_routes.tsv)
