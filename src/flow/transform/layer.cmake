meterway_table(flow/transform/gbz_table.inc gbz_table.py spec/gbz_commands.tsv spec/gbz_maps.tsv)
meterway_table(flow/transform/asn1_table.inc asn1_payload_table.py spec/asn1_commands.tsv spec/asn1_credentials.tsv
               spec/asn1_credential_bodies.tsv)
meterway_table(flow/transform/transform_use_cases.inc transform_tables.py spec/transform_use_cases.tsv)
meterway_table(flow/transform/body_rules.inc transform_tables.py spec/body_rules.tsv)
meterway_table(flow/transform/dlms_commands.inc transform_tables.py spec/dlms_commands.tsv)
meterway_table(flow/transform/dlms_expressions.inc transform_tables.py spec/dlms_expressions.tsv)
