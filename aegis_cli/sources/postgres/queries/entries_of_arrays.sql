-- Part of sample_entries: the elements of an array.
entries AS (
  SELECT s.row, e.element::text AS entry, 0 AS kind, pg_column_size(e.element) AS width
  FROM sampled AS s
  CROSS JOIN LATERAL unnest(s.value) AS e (element)
)
