-- A schema of what real ones are made of: partitions, an enum, a domain, an array, jsonb, a
-- range, a generated column, extended statistics, expression and partial indexes, GIN, a view.
-- About 1.5 million rows.
CREATE EXTENSION pg_trgm;
CREATE TYPE ticket_state AS ENUM ('new', 'open', 'waiting', 'solved', 'closed');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mail email NOT NULL,
    country char(2) NOT NULL,
    city text NOT NULL,
    profile jsonb NOT NULL,
    labels text[] NOT NULL,
    valid daterange NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE ticket (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    state ticket_state NOT NULL,
    priority smallint NOT NULL,
    title varchar(120) NOT NULL,
    price numeric(12, 2),
    quantity integer NOT NULL,
    total numeric(14, 2) GENERATED ALWAYS AS (price * quantity) STORED,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz
);
CREATE TABLE event (
    id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    kind text NOT NULL,
    happened_on date NOT NULL,
    payload jsonb
) PARTITION BY RANGE (happened_on);
CREATE TABLE event_2023 PARTITION OF event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE TABLE reading (
    sensor uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    value double precision NOT NULL,
    is_valid boolean NOT NULL
);
INSERT INTO account (mail, country, city, profile, labels, valid, created_at)
SELECT
    'user' || n || '@example.org',
    (ARRAY['de', 'fr', 'kr', 'us', 'jp'])[1 + n % 5],
    'city ' || (n % 5) * 100 + n % 97,
    jsonb_build_object('plan', (ARRAY['free', 'pro', 'team'])[1 + n % 3], 'age', n % 80, 'ref', n),
    ARRAY['l' || n % 50, 'l' || n % 333, 'm' || n % 7],
    daterange(date '2020-01-01' + n % 1500, date '2020-01-01' + n % 1500 + n % 300),
    timestamptz '2020-01-01 00:00+00' + n * interval '9 minutes'
FROM generate_series(1, 150000) AS n;
INSERT INTO ticket (id, account_id, state, priority, title, price, quantity, opened_at, closed_at)
SELECT
    n,
    1 + (n::bigint * 7919) % 150000,
    (ARRAY['new', 'open', 'waiting', 'solved', 'closed', 'closed', 'closed', 'closed'])[
        1 + (n * 31) % 8
    ]::ticket_state,
    (n * 13) % 4,
    'ticket ' || md5(n::text) || ' about ' || (ARRAY['billing', 'login', 'export'])[1 + n % 3],
    CASE WHEN n % 11 = 0 THEN NULL ELSE (n * 37) % 9973 / 7.0 END,
    1 + n % 9,
    timestamptz '2022-01-01 00:00+00' + n * interval '4 minutes',
    CASE WHEN n % 8 > 3 THEN timestamptz '2022-01-03 00:00+00' + n * interval '4 minutes' END
FROM generate_series(1, 400000) AS n;
INSERT INTO event
SELECT
    n,
    1 + (n::bigint * 104729) % 400000,
    (ARRAY['view', 'view', 'view', 'edit', 'reply', 'merge'])[1 + (n * 17) % 6],
    date '2022-10-01' + (n * 7) % 1250,
    CASE WHEN n % 3 = 0 THEN jsonb_build_object('by', n % 1000, 'tags', jsonb_build_array(n % 20)) END
FROM generate_series(1, 700000) AS n;
INSERT INTO reading
SELECT
    md5((n % 400)::text)::uuid,
    timestamptz '2024-01-01 00:00+00' + n * interval '20 seconds',
    (n::bigint * 7919 % 10007) / 13.0,
    n % 50 <> 0
FROM generate_series(1, 400000) AS n;
ALTER TABLE ticket ADD PRIMARY KEY (id);
ALTER TABLE ticket ADD FOREIGN KEY (account_id) REFERENCES account (id);
CREATE UNIQUE INDEX account_mail ON account (lower(mail));
CREATE INDEX ticket_urgent ON ticket (opened_at) WHERE priority = 3;
CREATE INDEX account_labels ON account USING gin (labels);
CREATE INDEX event_day ON event (happened_on);
CREATE STATISTICS account_place (dependencies, ndistinct, mcv) ON country, city FROM account;
CREATE STATISTICS ticket_parts (ndistinct, mcv) ON state, priority FROM ticket;
CREATE VIEW open_ticket AS
SELECT t.id, t.account_id, t.priority, t.opened_at, a.country
FROM ticket AS t
JOIN account AS a ON a.id = t.account_id
WHERE t.state IN ('new', 'open');
