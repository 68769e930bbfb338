set(LAYER_LIBS nlohmann_json::nlohmann_json)
meterway_table(oversight/operations/tables.inc operations_tables.py spec/figures.tsv spec/report_forms.tsv
               spec/incident_categories.tsv spec/dated_rules.tsv spec/ledger_fields.tsv)
