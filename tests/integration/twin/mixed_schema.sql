-- A schema with a bit of everything that a planner looks at. Tables stay below 30,000 rows, of
-- which ANALYZE reads all: its statistics are the same each time.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE SCHEMA shop;
CREATE TYPE shop.status AS ENUM ('new', 'paid', 'sent', 'gone');
CREATE DOMAIN shop.email AS text CHECK (value LIKE '%@%');
CREATE FUNCTION shop.squash(text) RETURNS text
    LANGUAGE sql IMMUTABLE AS 'SELECT lower(replace($1, '' '', ''''))';
CREATE TABLE shop.customer (
    id bigint PRIMARY KEY,
    old_name text,
    name varchar(60) NOT NULL,
    mail shop.email,
    city text,
    zip char(5),
    tags text[],
    profile jsonb,
    period daterange,
    created timestamptz NOT NULL DEFAULT now(),
    nick citext,
    name_length int GENERATED ALWAYS AS (length(name)) STORED,
    score numeric(8, 2)
);
ALTER TABLE shop.customer DROP COLUMN old_name;
INSERT INTO shop.customer (id, name, mail, city, zip, tags, profile, period, created, nick, score)
SELECT
    i,
    'Name ' || (i % 5000) || ' ' || md5(i::text),
    'u' || i || '@example.org',
    'city' || (i % 300),
    lpad((i % 300)::text, 5, '0'),
    ARRAY['t' || (i % 20), 'u' || (i % 7)],
    jsonb_build_object('a', i % 100, 'b', md5((i % 1000)::text)),
    daterange('2020-01-01'::date + i % 1000, '2020-01-01'::date + i % 1000 + i % 30 + 1),
    '2025-01-01'::timestamptz - make_interval(mins => i),
    'Nick' || (i % 900),
    (i % 777)::numeric / 3
FROM generate_series(1, 20000) AS i;
CREATE INDEX customer_squashed ON shop.customer (shop.squash(name));
CREATE INDEX customer_city_zip ON shop.customer (city, zip);
CREATE INDEX customer_name_trgm ON shop.customer USING gin (name gin_trgm_ops);
CREATE INDEX customer_tags ON shop.customer USING gin (tags);
CREATE INDEX customer_period ON shop.customer USING gist (period);
CREATE INDEX customer_bad ON shop.customer (score) WHERE score > 250;
CREATE STATISTICS shop.customer_city (ndistinct, dependencies, mcv) ON city, zip FROM shop.customer;
CREATE TABLE shop.orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL REFERENCES shop.customer,
    state shop.status NOT NULL,
    placed date NOT NULL,
    total numeric(10, 2) NOT NULL,
    note text,
    PRIMARY KEY (id, placed)
) PARTITION BY RANGE (placed);
CREATE TABLE shop.orders_2023 PARTITION OF shop.orders
    FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE shop.orders_2024 (LIKE shop.orders INCLUDING ALL, gone int) PARTITION BY RANGE (placed);
ALTER TABLE shop.orders_2024 DROP COLUMN gone;
ALTER TABLE shop.orders ATTACH PARTITION shop.orders_2024
    FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.orders_2024_spring PARTITION OF shop.orders_2024
    FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE shop.orders_2024_other PARTITION OF shop.orders_2024 DEFAULT;
CREATE TABLE shop.orders_rest PARTITION OF shop.orders DEFAULT;
INSERT INTO shop.orders
SELECT
    i,
    1 + (i * 7919) % 20000,
    (ARRAY['new', 'paid', 'sent', 'sent', 'gone'])[1 + i % 5]::shop.status,
    '2023-01-01'::date + i % 900,
    (i % 10000) / 7.0,
    CASE WHEN i % 3 = 0 THEN md5(i::text) END
FROM generate_series(1, 30000) AS i;
CREATE INDEX orders_customer ON shop.orders (customer_id);
CREATE TABLE item (
    order_id bigint NOT NULL,
    line int NOT NULL,
    product int NOT NULL,
    quantity int NOT NULL,
    price float8,
    sold timestamp,
    PRIMARY KEY (order_id, line)
);
INSERT INTO item
SELECT
    1 + i / 3,
    i % 3,
    (i * 31) % 2000,
    1 + i % 9,
    (i % 100) * 1.5,
    '2023-01-01'::timestamp + make_interval(secs => i)
FROM generate_series(1, 30000) AS i;
CREATE INDEX item_sold_brin ON item USING brin (sold) WITH (pages_per_range = 32);
CREATE TABLE product (id int PRIMARY KEY, name text UNIQUE, kind "char", parent int REFERENCES product);
INSERT INTO product
SELECT i, 'product ' || i, chr(65 + i % 26)::"char", CASE WHEN i > 10 THEN i / 10 END
FROM generate_series(1, 2000) AS i;
CREATE INDEX product_name_hash ON product USING hash (name);
CREATE VIEW shop.paid AS
    SELECT o.*, c.city FROM shop.orders AS o JOIN shop.customer AS c ON c.id = o.customer_id
    WHERE o.state = 'paid';
CREATE MATERIALIZED VIEW shop.by_city AS SELECT city, count(*) AS n FROM shop.customer GROUP BY city;
CREATE INDEX by_city_city ON shop.by_city (city);
CREATE TABLE parent (id int PRIMARY KEY, x int);
CREATE TABLE child (y int) INHERITS (parent);
INSERT INTO parent SELECT i, i % 10 FROM generate_series(1, 3000) AS i;
INSERT INTO child SELECT i, i % 100, i FROM generate_series(1, 9000) AS i;
CREATE TABLE nothing_yet (a int PRIMARY KEY, b text);
CREATE SCHEMA other;
CREATE TABLE other.thing (id int, city text);
INSERT INTO other.thing SELECT i, 'city' || i % 50 FROM generate_series(1, 5000) AS i;
CREATE INDEX customer_city_zip ON other.thing (city);
