-- Part of sample_entries: keys and values of a document (jsonb_ops); long ones count by their hash.
entries AS (
  SELECT
    e.row,
    e.entry,
    e.kind,
    CASE WHEN octet_length(e.entry) > 126 THEN 10 ELSE octet_length(e.entry) + 1 END AS width
  FROM (
    SELECT w.row, 'k' || w.key AS entry, 0 AS kind
    FROM walked AS w
    WHERE w.key IS NOT NULL
    UNION ALL
    SELECT
      w.row,
      CASE
        WHEN jsonb_typeof(w.item) <> 'string' THEN left(jsonb_typeof(w.item), 1)
        WHEN w.key IS NULL THEN 'k'
        ELSE 's'
      END || coalesce(w.item #>> '{}', '') AS entry,
      hashtext(w.path) AS kind
    FROM walked AS w
    WHERE jsonb_typeof(w.item) NOT IN ('object', 'array')
  ) AS e
)
