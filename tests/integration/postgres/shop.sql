-- A small database with one of everything that a planner looks at.
CREATE SCHEMA shop;
CREATE SCHEMA "Odd Schema";
CREATE TYPE shop.order_status AS ENUM ('open', 'paid', 'O''Neill');
CREATE DOMAIN shop.email AS text COLLATE "C" DEFAULT 'x@y' CHECK (VALUE LIKE '%@%');
CREATE TYPE shop.money_pair AS (amount numeric(10, 2), statuses shop.order_status[]);
CREATE TYPE shop.floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE COLLATION shop.bytes FROM "C";

CREATE FUNCTION shop.slug(t text) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT lower(replace(t, ' ', '-')) $$;
CREATE FUNCTION shop.tax(amount numeric, rate numeric DEFAULT 0.1) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 7 AS $$ BEGIN RETURN amount * rate; END $$;
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;

CREATE TABLE shop.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email shop.email UNIQUE,
    city varchar(40) COLLATE shop.bytes DEFAULT 'Seoul',
    tags text[],
    profile jsonb,
    born date,
    ref uuid,
    active boolean DEFAULT true,
    dropped integer,
    slug text GENERATED ALWAYS AS (lower(name)) STORED
) WITH (fillfactor = 70);
ALTER TABLE shop.customers DROP COLUMN dropped;

CREATE TABLE shop.orders (
    id serial,
    customer_id bigint REFERENCES shop.customers (id),
    status shop.order_status NOT NULL DEFAULT 'open',
    total numeric(10, 2) CHECK (total >= 0),
    note text,
    created timestamptz NOT NULL,
    valid int4range,
    PRIMARY KEY (id, created)
) PARTITION BY RANGE (created);
CREATE TABLE shop.orders_2024 PARTITION OF shop.orders
    FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.orders_2025 PARTITION OF shop.orders
    FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE shop.base (id integer, note text);
CREATE TABLE shop.derived (extra integer) INHERITS (shop.base);
CREATE UNLOGGED TABLE shop.never_analyzed (id integer);
CREATE TABLE "Odd Schema"."We""ird" ("Co L" integer, m shop.money_pair, r shop.floatrange);

INSERT INTO shop.customers (name, email, city, tags, profile, born, ref)
SELECT
    'Name ' || i,
    'u' || i || '@x.org',
    (ARRAY['Seoul', 'Busan', 'Paris, "TX"'])[1 + i % 3],
    ARRAY['t' || i % 7, 'u' || i % 3],
    jsonb_build_object('a', i % 10),
    date '1970-01-01' + i,
    md5(i::text)::uuid
FROM generate_series(1, 3000) AS i;
INSERT INTO shop.orders (customer_id, status, total, note, created, valid)
SELECT
    1 + i % 3000,
    (ARRAY['open', 'paid', 'O''Neill'])[1 + i % 3]::shop.order_status,
    i % 97,
    'n' || i,
    timestamptz '2024-01-01 00:00:00+00' + i * interval '2 hours',
    int4range(i, i + 10)
FROM generate_series(1, 6000) AS i;
INSERT INTO shop.derived SELECT i, 'x', i FROM generate_series(1, 500) AS i;

CREATE INDEX customers_slug_idx ON shop.customers (shop.slug(name));
CREATE INDEX customers_odd_idx
    ON shop.customers ((name || city) text_pattern_ops DESC, id NULLS FIRST)
    WHERE active AND city <> 'x';
CREATE INDEX customers_name_idx ON shop.customers (name COLLATE "C");
CREATE INDEX customers_tags_idx ON shop.customers USING gin (tags);
CREATE INDEX customers_profile_idx ON shop.customers USING gin (profile jsonb_path_ops);
CREATE INDEX orders_recent_idx
    ON shop.orders (customer_id, created DESC NULLS LAST) INCLUDE (total);
CREATE INDEX orders_2024_created_idx ON shop.orders_2024 USING brin (created);
CREATE STATISTICS shop.city_active (ndistinct, dependencies, mcv) ON city, active
    FROM shop.customers;

CREATE VIEW shop.open_orders WITH (security_barrier = true) AS
    SELECT o.*, c.name
    FROM shop.orders AS o
    JOIN shop.customers AS c ON c.id = o.customer_id
    WHERE o.status = 'open';
CREATE VIEW shop.open_names AS SELECT name FROM shop.open_orders;
CREATE VIEW shop.a_taxed AS SELECT id, shop.tax(total) AS tax FROM shop.orders;
CREATE FUNCTION shop.name_of(o shop.open_orders) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT o.name $$;
CREATE MATERIALIZED VIEW shop.totals AS
    SELECT customer_id, sum(total) AS t FROM shop.orders GROUP BY customer_id;
CREATE INDEX totals_t_idx ON shop.totals (t);
ANALYZE shop.customers, shop.orders, shop.base, shop.derived, shop.totals;

INSERT INTO shop.never_analyzed SELECT generate_series(1, 10);
