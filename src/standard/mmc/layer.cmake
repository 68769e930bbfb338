set(LAYER_LIBS nlohmann_json::nlohmann_json fmt::fmt)
meterway_table(standard/mmc/mmc.inc mmc_tables.py spec/mmc.tsv spec/mmc_words.tsv spec/mmc_services.tsv
               spec/mmc_messages.tsv spec/use_cases.tsv spec/dlms_commands.tsv spec/duis_types.tsv)
