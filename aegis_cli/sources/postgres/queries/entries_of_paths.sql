-- Part of sample_entries: values of a document with the way there (jsonb_path_ops), a hash each.
entries AS (
  SELECT
    w.row,
    w.path || '=' || coalesce(w.item #>> '{}', '') AS entry,
    hashtext(w.path) AS kind,
    4 AS width
  FROM walked AS w
  WHERE jsonb_typeof(w.item) NOT IN ('object', 'array')
)
