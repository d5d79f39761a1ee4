-- What ANALYZE wrote down, for index expressions, too. Shows columns this role may SELECT, of tables
-- without active row security.
SELECT
  s.schemaname::text AS schema,
  s.tablename::text AS table,
  s.attname::text AS column,
  s.inherited AS inherited,
  s.null_frac::float8 AS null_fraction,
  s.avg_width AS average_width,
  s.n_distinct::text AS distinct,
  s.most_common_vals::text AS most_common,
  s.most_common_freqs::text[] AS most_common_shares,
  s.histogram_bounds::text AS histogram,
  s.correlation::text AS correlation,
  s.most_common_elems::text AS elements,
  s.most_common_elem_freqs::text[] AS element_shares,
  s.elem_count_histogram::text[] AS element_counts,
  s.range_length_histogram::text AS range_lengths,
  s.range_empty_frac::text AS empty_share,
  s.range_bounds_histogram::text AS range_bounds
FROM pg_stats AS s
JOIN pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE c.oid = ANY (%(oids)s::oid[])
ORDER BY s.schemaname, s.tablename, s.attname, s.inherited
