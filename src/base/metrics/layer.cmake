meterway_table(base/metrics/metrics.inc metrics_table.py spec/metrics.tsv)
