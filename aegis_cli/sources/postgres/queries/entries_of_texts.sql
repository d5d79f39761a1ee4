-- Part of sample_entries: the trigrams of a text, as pg_trgm finds them in its words.
entries AS (
  SELECT s.row, substr('  ' || w.word || ' ', c.start, 3) AS entry, 0 AS kind, 4 AS width
  FROM sampled AS s
  CROSS JOIN LATERAL regexp_split_to_table(lower(s.value::text), '[^[:alnum:]]+') AS w (word)
  CROSS JOIN LATERAL generate_series(1, length(w.word) + 1) AS c (start)
  WHERE w.word <> ''
)
