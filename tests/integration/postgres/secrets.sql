-- Secrets in every place where a snapshot could carry them away.
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE DOMAIN code AS varchar(30) DEFAULT 'SECRET-domain-default' CHECK (VALUE <> 'SECRET-domain-check');
CREATE FUNCTION hidden(a text DEFAULT 'SECRET-argument') RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT a || 'SECRET-body' $$;
CREATE FUNCTION hidden_too(a text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN RETURN a = 'SECRET-plpgsql'; END $$;
CREATE TABLE people (
    id integer PRIMARY KEY,
    name text DEFAULT 'SECRET-default',
    code code,
    mood mood,
    is_member boolean,
    born date,
    seen timestamptz,
    at_work timestamp,
    wakes time,
    waits interval,
    salary numeric(12, 2),
    rating double precision,
    small smallint,
    token uuid,
    address inet,
    raw bytea,
    flags bit(24),
    letter character(1),
    tags text[],
    numbers integer[],
    profile jsonb,
    period daterange,
    words tsvector,
    greeting text GENERATED ALWAYS AS ('SECRET-generated' || name) STORED,
    CHECK (name <> 'SECRET-check'),
    CHECK (salary < 987654321)
);
INSERT INTO people (
    id, name, code, mood, is_member, born, seen, at_work, wakes, waits, salary, rating, small,
    token, address, raw, flags, letter, tags, numbers, profile, period, words
)
SELECT
    4200000 + i,
    CASE WHEN i % 4 = 0 THEN 'SECRET-common' ELSE 'SECRET-name-' || i END,
    'SECRET-' || i % 50,
    CASE WHEN i % 3 = 0 THEN 'cross' ELSE 'calm' END::mood,
    i % 2 = 0,
    date '1987-03-14' + i % 100,
    timestamptz '2024-05-06 07:08:09+00' + i * interval '1 hour',
    timestamp '2023-11-12 13:14:15' + i * interval '1 minute',
    time '03:04:05' + i % 300 * interval '1 second',
    i % 100 * interval '3 hours 17 minutes',
    76543.21 + i % 500,
    0.271828 * i,
    i % 200 - 100,
    md5(i::text)::uuid,
    inet '192.168.77.0' + i % 256,
    decode(md5('SECRET' || i % 90), 'hex'),
    (i % 300 + 70000)::bit(24),
    chr(65 + i % 20),
    ARRAY['SECRET-tag-' || i % 30, 'SECRET-label'],
    ARRAY[5550000 + i % 40, 7],
    jsonb_build_object('SECRET-key', i % 25),
    daterange(date '1999-12-03' + i, date '1999-12-05' + i * 2),
    to_tsvector('simple', 'SECRETword' || i % 60)
FROM generate_series(1, 2000) AS i;
CREATE INDEX people_vip ON people (id) WHERE name = 'SECRET-predicate';
CREATE INDEX people_expression ON people ((name || 'SECRET-expression'));
CREATE INDEX people_hidden ON people (hidden(name));
CREATE INDEX people_paid ON people (salary) WHERE salary > 654321;
CREATE INDEX people_calm ON people (id) WHERE mood = 'calm';
CREATE STATISTICS people_mcv (mcv, dependencies) ON name, code FROM people;
CREATE VIEW vips AS SELECT id, name FROM people WHERE name LIKE 'SECRET-view%' AND salary > 456789;
CREATE VIEW odd AS SELECT id FROM people WHERE period && '[1999-12-31,2000-01-05)'::daterange;
CREATE VIEW odder AS SELECT id FROM odd;
CREATE MATERIALIZED VIEW rich AS SELECT id FROM people WHERE name <> 'SECRET-materialized';
CREATE TABLE regional (region text, day date) PARTITION BY LIST (region);
CREATE TABLE regional_a PARTITION OF regional FOR VALUES IN ('SECRET-region-a', 'SECRET-region-b');
CREATE TABLE regional_c PARTITION OF regional FOR VALUES IN ('SECRET-region-c');
CREATE TABLE mixed (region text, day date) PARTITION BY RANGE (region, day);
CREATE TABLE mixed_a PARTITION OF mixed
    FOR VALUES FROM ('SECRET-mixed-a', '2020-01-01') TO ('SECRET-mixed-b', '2021-01-01');
CREATE TABLE daily (day date) PARTITION BY RANGE (day);
CREATE TABLE daily_2024 PARTITION OF daily FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO regional_a SELECT 'SECRET-region-a', '2024-01-01' FROM generate_series(1, 100);
INSERT INTO mixed_a SELECT 'SECRET-mixed-a', '2020-06-01' FROM generate_series(1, 100);
INSERT INTO daily SELECT date '2024-01-01' + i FROM generate_series(1, 100) AS i;
ANALYZE;
