-- Part of sample_entries: everything inside a document, with the way there.
walked AS (
  SELECT s.row, ''::text AS path, NULL::text AS key, s.value AS item
  FROM sampled AS s
  WHERE s.value IS NOT NULL
  UNION ALL
  SELECT w.row, w.path || p.step, p.key, p.item
  FROM walked AS w
  CROSS JOIN LATERAL (
    SELECT '.' || m.key AS step, m.key, m.value AS item
    FROM jsonb_each(CASE jsonb_typeof(w.item) WHEN 'object' THEN w.item END) AS m
    UNION ALL
    SELECT '' AS step, NULL AS key, a.value AS item
    FROM jsonb_array_elements(CASE jsonb_typeof(w.item) WHEN 'array' THEN w.item END) AS a
  ) AS p
)
