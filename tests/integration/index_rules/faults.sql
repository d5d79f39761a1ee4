-- One table for each fault that a catalog shows, and look-alikes that are none.

CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL);
INSERT INTO users SELECT g, 'user' || g FROM generate_series(1, 100) g;

CREATE TABLE orders (
    id integer PRIMARY KEY,
    user_id integer REFERENCES users ON DELETE CASCADE,
    referrer_id integer REFERENCES users,
    status text NOT NULL,
    number text UNIQUE
);
INSERT INTO orders
SELECT g, 1 + g % 100, NULL, (ARRAY['open', 'paid', 'sent'])[1 + g % 3], 'n' || g
FROM generate_series(1, 20000) g;
CREATE INDEX orders_referrer_idx ON orders (referrer_id) WHERE referrer_id IS NOT NULL;
CREATE INDEX orders_status_idx ON orders (status);
CREATE INDEX orders_status_id_idx ON orders (status, id);
CREATE INDEX orders_status_desc_idx ON orders (status DESC, id DESC);
CREATE INDEX orders_pattern_idx ON orders (number text_pattern_ops);
CREATE INDEX orders_number_idx ON orders (number);

-- Too small to need an index on its key.
CREATE TABLE badges (id integer PRIMARY KEY, user_id integer REFERENCES users);
INSERT INTO badges SELECT g, g FROM generate_series(1, 20) g;

-- A partitioned table, whose key the leaves inherit.
CREATE TABLE events (id bigint NOT NULL, user_id integer REFERENCES users, at date NOT NULL)
    PARTITION BY RANGE (at);
CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2026-01-01')
    PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events_old FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE events_new PARTITION OF events DEFAULT;
INSERT INTO events SELECT g, 1 + g % 100, '2025-12-01'::date + g % 60 FROM generate_series(1, 5000) g;

-- Never analyzed.
CREATE TABLE notes (id integer, body text);
ALTER TABLE notes SET (autovacuum_enabled = off);

-- then
ANALYZE users, orders, badges, events;
-- then

INSERT INTO notes SELECT g, 'note' FROM generate_series(1, 3000) g;

-- then
-- What a CREATE INDEX CONCURRENTLY that failed leaves behind.
CREATE INDEX notes_body_idx ON notes (body);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'notes_body_idx'::regclass;
