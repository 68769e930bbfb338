meterway_table(flow/envelope/refusals.inc make_refusals.py spec/refusals.tsv spec/responses.tsv)
set(LAYER_LIBS nlohmann_json::nlohmann_json)
meterway_table(flow/envelope/delivery_classes.inc delivery_classes.py spec/delivery_classes.tsv
               spec/delivery_members.tsv spec/services.tsv spec/device_alerts.tsv)
meterway_table(flow/envelope/dcc_events.inc make_dcc_events.py spec/dcc_alerts.tsv spec/duis_simple_types.tsv)
meterway_table(flow/envelope/event_areas.inc event_areas.py spec/event_areas.tsv spec/refusals.tsv)
meterway_table(flow/envelope/settings.inc settings_table.py spec/settings.tsv)
