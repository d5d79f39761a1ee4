-- The smallest and the greatest known value of columns of one type, and the outermost bounds of
-- their histograms, in the type's binary form. Needs a superuser. PostgreSQL 13.
SELECT
    s.schemaname::text,
    s.tablename::text,
    s.attname::text,
    encode({send}(min(v.value)), 'hex'),
    encode({send}(max(v.value)), 'hex'),
    encode({send}(h.bounds[1]), 'hex'),
    encode({send}(h.bounds[2]), 'hex'),
    encode({send}(h.bounds[cardinality(h.bounds) - 1]), 'hex'),
    encode({send}(h.bounds[cardinality(h.bounds)]), 'hex')
FROM pg_stats AS s
JOIN pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
-- Elsewhere the text of the values may be no array of this type.
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN a.atttypid = {type}::regtype
            THEN s.histogram_bounds::text::{elements}
        END AS bounds,
        CASE WHEN a.atttypid = {type}::regtype
            THEN s.most_common_vals::text::{elements}
        END AS common
) AS h
CROSS JOIN LATERAL unnest(h.bounds || h.common) AS v(value)
WHERE a.atttypid = {type}::regtype
    AND NOT s.inherited
    AND cardinality(h.bounds) > 1
GROUP BY s.schemaname, s.tablename, s.attname, h.bounds
