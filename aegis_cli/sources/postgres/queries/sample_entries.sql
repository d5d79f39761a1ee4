-- What some blocks of a table put into an inverted index: how many keys occur how often, never
-- the keys themselves. A row without any counts for one key, as it does in the index.
-- Needs SELECT on the column.
WITH RECURSIVE
sampled AS MATERIALIZED (
  SELECT
    row_number() OVER () AS row,
    format('%%s %%s', s.tableoid, (s.ctid::text::point)[0]) AS block,
    s.{column} AS value
  FROM {table} AS s TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (%(seed)s)
  LIMIT %(most_rows)s
),
{entries},
keys AS (
  SELECT
    count(DISTINCT s.row) AS rows,
    count(DISTINCT s.block) AS blocks,
    coalesce(max(e.width), 0) AS width,
    coalesce(max(e.kind), 0) %% %(kinds)s AS kind
  FROM sampled AS s
  LEFT JOIN entries AS e ON e.row = s.row
  GROUP BY e.entry
)
SELECT
  count(*) AS keys,
  k.rows AS rows,
  k.blocks AS blocks,
  avg(k.width)::float8 AS width,
  k.kind AS kind,
  (SELECT count(*) FROM sampled) AS sampled_rows
FROM keys AS k
GROUP BY k.kind, k.rows, k.blocks
ORDER BY k.kind, k.rows, k.blocks
