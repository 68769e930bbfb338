meterway_table(records/access/access.inc access_tables.py spec/services.tsv spec/use_cases.tsv spec/access_types.tsv
               spec/access_states.tsv spec/access_rules.tsv spec/access_changes.tsv spec/refusals.tsv)
