-- Part of sample_entries: the lexemes of a text prepared for search.
entries AS (
  SELECT s.row, e.lexeme AS entry, 0 AS kind, octet_length(e.lexeme) + 1 AS width
  FROM sampled AS s
  CROSS JOIN LATERAL unnest(s.value) AS e
)
