"""Who works here: people, their employment, units, job roles, audiences, permissions, and the import from HR.

Rooms of its own: `permissions` (predicates), `decorators` (pages of one persona), `api_clients` (machines
with an access token), `adapters` (what allauth may do), `sessions` (ending them). Pure: `audience_rules`,
`hr_export` (a file to rows), `import_plan` (rows to changes), `reporting_lines`, `vocabulary`, `time_zones`,
`batches`. `import_writer` and `import_audit` are the parts of `services` that write an import plan and its audit
entries; `demo` holds the demo company.
"""
