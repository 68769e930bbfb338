set(LAYER_LIBS nlohmann_json::nlohmann_json fmt::fmt)
meterway_table(standard/gbcs/use_cases.inc use_case_table.py spec/use_cases.tsv)
meterway_table(standard/gbcs/zcl.inc zcl_table.py spec/zcl_commands.tsv spec/zcl_attributes.tsv)
meterway_table(standard/gbcs/alerts.inc alert_table.py spec/device_alerts.tsv)
meterway_table(standard/gbcs/alert_routes.inc alert_routes.py spec/alert_routes.tsv spec/device_alerts.tsv)
meterway_table(standard/gbcs/asn1_fields.inc asn1_table.py spec/asn1_fields.tsv)
meterway_table(standard/gbcs/readings.inc readings_table.py spec/readings.tsv)
meterway_table(standard/gbcs/names.inc names_table.py spec/dlms_objects.tsv spec/dlms_shapes.tsv
               spec/dlms_commands.tsv spec/transform_use_cases.tsv spec/zcl_values.tsv spec/alert_contents.tsv
               spec/alert_shapes.tsv spec/dlms_words.tsv spec/zcl_words.tsv spec/asn1_words.tsv)
