meterway_table(standard/forms/field_words.inc field_words.py spec/field_words.tsv spec/services.tsv spec/duis_types.tsv)
