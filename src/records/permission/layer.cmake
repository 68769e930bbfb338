meterway_table(records/permission/permissions.inc permission_tables.py spec/job_types.tsv spec/permissions.tsv spec/api_routes.tsv)
