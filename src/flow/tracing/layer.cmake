meterway_table(flow/tracing/trace.inc trace_tables.py spec/trace_steps.tsv spec/next_moves.tsv spec/refusals.tsv
               spec/responses.tsv spec/event_areas.tsv)
find_library(ZIP zip REQUIRED)
set(LAYER_LIBS nlohmann_json::nlohmann_json ${ZIP})
