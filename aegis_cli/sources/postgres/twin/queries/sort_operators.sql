-- The operators `<` and `=` by which ANALYZE sorts values of some types: those of the default
-- btree operator class of the type, of its base type, or of what it is binary-coercible to.
-- Needs no privilege. PostgreSQL 13.
WITH RECURSIVE base AS (
    SELECT
        oid AS type,
        oid AS base
    FROM pg_type
    WHERE oid = ANY(%(types)s::bigint[]::oid[])
    UNION ALL
    SELECT
        base.type,
        t.typbasetype
    FROM base
    JOIN pg_type AS t ON t.oid = base.base
    WHERE t.typtype = 'd'
),

candidate AS (
    SELECT
        base.type,
        base.base AS input,
        0 AS rank
    FROM base
    UNION ALL
    SELECT
        base.type,
        CASE
            WHEN t.typtype = 'e' THEN 'anyenum'::regtype
            WHEN t.typtype = 'r' THEN 'anyrange'::regtype
            WHEN t.typtype = 'c' THEN 'record'::regtype
            WHEN t.typcategory = 'A' THEN 'anyarray'::regtype
        END,
        1
    FROM base
    JOIN pg_type AS t ON t.oid = base.base
    UNION ALL
    SELECT
        base.type,
        k.casttarget,
        2
    FROM base
    JOIN pg_cast AS k ON k.castsource = base.base
    WHERE k.castmethod = 'b' AND k.castcontext = 'i'
)

SELECT DISTINCT ON (candidate.type)
    candidate.type::bigint,
    less.amopopr::bigint,
    equal.amopopr::bigint
FROM candidate
JOIN pg_opclass AS o ON o.opcintype = candidate.input AND o.opcdefault
JOIN pg_am AS m ON m.oid = o.opcmethod AND m.amname = 'btree'
JOIN pg_amop AS less
    ON less.amopfamily = o.opcfamily
    AND less.amoplefttype = o.opcintype
    AND less.amoprighttype = o.opcintype
    AND less.amopstrategy = 1
JOIN pg_amop AS equal
    ON equal.amopfamily = o.opcfamily
    AND equal.amoplefttype = o.opcintype
    AND equal.amoprighttype = o.opcintype
    AND equal.amopstrategy = 3
ORDER BY candidate.type, candidate.rank, candidate.input = 'text'::regtype DESC
