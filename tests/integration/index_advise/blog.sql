-- A blog without the indexes its pages need, but for the profile page's, and with one too many.
CREATE TABLE authors (id integer PRIMARY KEY, email text NOT NULL UNIQUE, country text NOT NULL);
CREATE TABLE posts (
    id integer PRIMARY KEY,
    author_id integer NOT NULL REFERENCES authors (id),
    state text NOT NULL,
    published_at timestamptz NOT NULL,
    title text NOT NULL,
    body text NOT NULL
);
CREATE TABLE visits (
    id bigint PRIMARY KEY,
    post_id integer NOT NULL REFERENCES posts (id),
    at timestamptz NOT NULL,
    referrer text NOT NULL
);
INSERT INTO authors
SELECT i, 'author' || i || '@secret-mail.example', (ARRAY['kr', 'de', 'fr', 'br'])[1 + i % 4]
FROM generate_series(1, 2000) AS i;
INSERT INTO posts
SELECT
    i,
    1 + i * 7919::bigint % 2000,
    CASE WHEN i % 100 = 0 THEN 'draft' ELSE 'public' END,
    timestamptz '2025-01-01' + i * interval '11 minutes',
    'Post number ' || i,
    repeat('word ', 30)
FROM generate_series(1, 40000) AS i;
INSERT INTO visits
SELECT i, 1 + i * 104729::bigint % 40000, timestamptz '2026-01-01' + i * interval '3 seconds',
    'https://ref' || i % 50 || '.example'
FROM generate_series(1, 120000) AS i;
CREATE INDEX visits_post ON visits (post_id);
CREATE INDEX posts_title ON posts (title);
