meterway_table(flow/envelope/refusals.inc make_refusals.py spec/refusals.tsv spec/responses.tsv)
set(LAYER_LIBS nlohmann_json::nlohmann_json)
