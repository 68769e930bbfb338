meterway_table(flow/transform/gbz_table.inc gbz_table.py spec/gbz_commands.tsv spec/gbz_maps.tsv)
