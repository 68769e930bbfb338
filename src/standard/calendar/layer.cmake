meterway_table(standard/calendar/bank_holidays.inc bank_holidays.py spec/bank_holidays.tsv)
