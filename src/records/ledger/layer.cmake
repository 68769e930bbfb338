set(LAYER_LIBS nlohmann_json::nlohmann_json)
meterway_table(records/ledger/kinds.inc ledger_tables.py spec/job_types.tsv spec/ledger_kinds.tsv
               spec/ledger_fields.tsv spec/ledger_transitions.tsv spec/ledger_exports.tsv)
