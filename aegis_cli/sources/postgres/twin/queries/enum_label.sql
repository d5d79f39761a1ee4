-- The twin's own numbers of an enum and of one of its labels.
SELECT t.oid::bigint, l.oid::bigint
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_enum AS l ON l.enumtypid = t.oid
WHERE n.nspname = %(schema)s AND t.typname = %(type)s AND l.enumlabel = %(label)s
