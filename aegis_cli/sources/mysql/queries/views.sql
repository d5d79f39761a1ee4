-- Definitions of views; empty for those on which we lack SHOW VIEW.
SELECT
  table_name AS name,
  view_definition AS definition
FROM information_schema.views
WHERE table_schema = :name
