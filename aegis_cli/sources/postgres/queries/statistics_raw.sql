-- What ANALYZE wrote down, with operators and types. Needs SELECT on pg_statistic, which superusers
-- and members of pg_read_all_data have. The type of an array's elements is in its binary form.
SELECT
  n.nspname::text AS schema,
  c.relname::text AS table,
  a.attname::text AS column,
  s.stainherit AS inherited,
  s.stanullfrac::float8 AS null_fraction,
  s.stawidth AS average_width,
  s.stadistinct::text AS distinct,
  s.stakind1::integer AS kind_1,
  s.stanumbers1::text[] AS numbers_1,
  s.stavalues1::text AS values_1,
  nullif(s.staop1, 0)::regoperator::text AS operator_1,
  nullif(s.stacoll1, 0)::regcollation::text AS collation_1,
  CASE
    WHEN s.stakind1 NOT IN (0, 1, 2) AND s.stavalues1 IS NOT NULL
    THEN format_type(
      ('x' || encode(substring(array_send(s.stavalues1) FROM 9 FOR 4), 'hex'))::bit(32)::bigint::oid,
      NULL
    )
  END AS value_type_1,
  s.stakind2::integer AS kind_2,
  s.stanumbers2::text[] AS numbers_2,
  s.stavalues2::text AS values_2,
  nullif(s.staop2, 0)::regoperator::text AS operator_2,
  nullif(s.stacoll2, 0)::regcollation::text AS collation_2,
  CASE
    WHEN s.stakind2 NOT IN (0, 1, 2) AND s.stavalues2 IS NOT NULL
    THEN format_type(
      ('x' || encode(substring(array_send(s.stavalues2) FROM 9 FOR 4), 'hex'))::bit(32)::bigint::oid,
      NULL
    )
  END AS value_type_2,
  s.stakind3::integer AS kind_3,
  s.stanumbers3::text[] AS numbers_3,
  s.stavalues3::text AS values_3,
  nullif(s.staop3, 0)::regoperator::text AS operator_3,
  nullif(s.stacoll3, 0)::regcollation::text AS collation_3,
  CASE
    WHEN s.stakind3 NOT IN (0, 1, 2) AND s.stavalues3 IS NOT NULL
    THEN format_type(
      ('x' || encode(substring(array_send(s.stavalues3) FROM 9 FOR 4), 'hex'))::bit(32)::bigint::oid,
      NULL
    )
  END AS value_type_3,
  s.stakind4::integer AS kind_4,
  s.stanumbers4::text[] AS numbers_4,
  s.stavalues4::text AS values_4,
  nullif(s.staop4, 0)::regoperator::text AS operator_4,
  nullif(s.stacoll4, 0)::regcollation::text AS collation_4,
  CASE
    WHEN s.stakind4 NOT IN (0, 1, 2) AND s.stavalues4 IS NOT NULL
    THEN format_type(
      ('x' || encode(substring(array_send(s.stavalues4) FROM 9 FOR 4), 'hex'))::bit(32)::bigint::oid,
      NULL
    )
  END AS value_type_4,
  s.stakind5::integer AS kind_5,
  s.stanumbers5::text[] AS numbers_5,
  s.stavalues5::text AS values_5,
  nullif(s.staop5, 0)::regoperator::text AS operator_5,
  nullif(s.stacoll5, 0)::regcollation::text AS collation_5,
  CASE
    WHEN s.stakind5 NOT IN (0, 1, 2) AND s.stavalues5 IS NOT NULL
    THEN format_type(
      ('x' || encode(substring(array_send(s.stavalues5) FROM 9 FOR 4), 'hex'))::bit(32)::bigint::oid,
      NULL
    )
  END AS value_type_5
FROM pg_statistic AS s
JOIN pg_class AS c ON c.oid = s.starelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
WHERE s.starelid = ANY (%(oids)s::oid[])
  AND NOT a.attisdropped
ORDER BY n.nspname, c.relname, a.attnum, s.stainherit
