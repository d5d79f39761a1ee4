-- Look names up in the schema of the extension for the rest of the transaction.
SELECT set_config('search_path', 'pg_catalog, ' || quote_ident(n.nspname), TRUE)
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
