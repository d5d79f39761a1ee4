-- The shop's tables and their rows. Everything is indexed the way the views need it, but for
-- order_items.serial_number, which is the fault `full_scan` of faults.py.

CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    city text NOT NULL
);

CREATE TABLE categories (
    id integer PRIMARY KEY,
    department_id integer NOT NULL,
    name text NOT NULL
);

CREATE TABLE products (
    id integer PRIMARY KEY,
    category_id integer NOT NULL REFERENCES categories (id),
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(10, 2) NOT NULL,
    in_stock integer NOT NULL
);

CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    placed_at timestamptz NOT NULL,
    status text NOT NULL,
    total numeric(10, 2) NOT NULL
);

CREATE TABLE order_items (
    order_id integer NOT NULL REFERENCES orders (id),
    line integer NOT NULL,
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL,
    serial_number text NOT NULL
);

CREATE TABLE reviews (
    id integer PRIMARY KEY,
    product_id integer NOT NULL REFERENCES products (id),
    rating integer NOT NULL,
    body text NOT NULL
);

CREATE TABLE import_rows (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch integer NOT NULL,
    sku text NOT NULL,
    quantity integer NOT NULL,
    price numeric(10, 2) NOT NULL
);

CREATE TABLE stock_movements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id integer NOT NULL,
    quantity integer NOT NULL,
    reason text NOT NULL
);

INSERT INTO customers
SELECT
    i,
    (ARRAY['Mina', 'Jonas', 'Ada', 'Wei', 'Lucía', 'Omar', 'Sora'])[1 + i % 7]
        || ' ' || (ARRAY['Kim', 'Berg', 'O''Neill', 'Chen', 'García'])[1 + i % 5],
    'customer' || i || '@example.org',
    (ARRAY['Seoul', 'Berlin', 'Lisboa', 'Busan', 'Lyon', 'Kraków'])[1 + i % 6]
FROM generate_series(1, 5000) AS i;

INSERT INTO categories
SELECT i, 1 + (i - 1) / 5, 'Category ' || i
FROM generate_series(1, 40) AS i;

INSERT INTO products
SELECT
    i,
    1 + i % 40,
    'SKU-' || lpad(i::text, 6, '0'),
    (ARRAY['Lamp', 'Chair', 'Kettle', 'Desk', 'Mug', 'Shelf', 'Rug'])[1 + i % 7] || ' ' || i,
    5 + (i * 37 % 20000) / 100.0,
    i * 13 % 400
FROM generate_series(1, 4000) AS i;

INSERT INTO orders
SELECT
    i,
    1 + (i::bigint * 7919 % 5000)::integer,
    timestamptz '2026-01-01 08:00:00+00' + i * interval '7 minutes',
    (ARRAY['paid', 'shipped', 'delivered', 'returned'])[1 + i % 4],
    10 + (i * 53::bigint % 40000) / 100.0
FROM generate_series(1, 40000) AS i;

INSERT INTO order_items
SELECT
    1 + (i - 1) / 8,
    1 + (i - 1) % 8,
    1 + (i::bigint * 104729 % 4000)::integer,
    1 + i % 3,
    'SN-' || md5(i::text)
FROM generate_series(1, 320000) AS i;

INSERT INTO reviews
SELECT i, 1 + i % 4000, 1 + i * 7 % 5, 'Review number ' || i || ': as described, arrived in time.'
FROM generate_series(1, 20000) AS i;

ALTER TABLE order_items ADD PRIMARY KEY (order_id, line);
CREATE INDEX categories_department ON categories (department_id, id);
CREATE INDEX products_category ON products (category_id, id);
CREATE INDEX orders_placed ON orders (placed_at, id);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX reviews_product ON reviews (product_id, id);
CREATE INDEX order_items_product ON order_items (product_id);
