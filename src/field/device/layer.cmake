set(LAYER_LIBS nlohmann_json::nlohmann_json)
foreach(TABLE objects activations attributes use_cases replacements joins logs events commands gas_events)
  meterway_table(field/device/${TABLE}.inc device_tables.py spec/device_${TABLE}.tsv)
endforeach()
