meterway_table(flow/transform/gbz_table.inc gbz_table.py spec/gbz_commands.tsv spec/gbz_maps.tsv)
meterway_table(flow/transform/asn1_table.inc asn1_payload_table.py spec/asn1_commands.tsv spec/asn1_credentials.tsv
               spec/asn1_credential_bodies.tsv)
