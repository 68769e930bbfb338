meterway_table(standard/rules/dated_rules.inc dated_rules.py spec/dated_rules.tsv)
