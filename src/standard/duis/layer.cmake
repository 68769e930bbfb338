set(LAYER_RELEASE_OPTIONS -O3)  # reading a request takes a tenth less
meterway_table(standard/duis/services.inc services.py spec/services.tsv)
meterway_table(standard/duis/schema.inc duis_tables.py spec/duis_types.tsv spec/duis_simple_types.tsv)
meterway_table(standard/duis/sample_values.inc sample_values.py spec/sample_values.tsv spec/services.tsv)
