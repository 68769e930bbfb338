meterway_table(standard/duis/services.inc services.py spec/services.tsv)
