set(LAYER_LIBS nlohmann_json::nlohmann_json)
meterway_table(records/jobs/jobs.inc job_tables.py spec/job_kinds.tsv spec/job_columns.tsv spec/services.tsv
               spec/delivery_classes.tsv spec/dated_rules.tsv)
