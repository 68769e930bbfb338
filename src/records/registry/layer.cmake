meterway_table(records/registry/device_states.inc device_states.py spec/device_states.tsv)
