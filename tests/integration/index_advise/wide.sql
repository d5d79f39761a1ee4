-- A table on which many indexes can be thought of.
CREATE TABLE wide (
    c0 integer,
    c1 integer,
    c2 integer,
    c3 integer,
    c4 integer,
    c5 integer,
    c6 integer,
    note text
);
INSERT INTO wide
SELECT
    i * 7 % 30,
    i * 8 % 60,
    i * 9 % 90,
    i * 10 % 120,
    i * 11 % 150,
    i * 12 % 180,
    i * 13 % 210,
    repeat('x', 60)
FROM generate_series(1, 30000) AS i;
ANALYZE wide;
