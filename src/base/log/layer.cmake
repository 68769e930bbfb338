meterway_table(base/log/messages.inc log_messages.py spec/log_messages.tsv)
