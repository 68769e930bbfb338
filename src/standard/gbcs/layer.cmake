set(LAYER_LIBS nlohmann_json::nlohmann_json fmt::fmt)
meterway_table(standard/gbcs/use_cases.inc use_case_table.py spec/use_cases.tsv)
meterway_table(standard/gbcs/zcl.inc zcl_table.py spec/zcl_commands.tsv spec/zcl_attributes.tsv)
