-- calls: 500
SELECT id, title FROM posts WHERE author_id = 17 ORDER BY published_at DESC LIMIT 10;
-- calls: 300
SELECT count(*) FROM visits WHERE post_id = 4711;
-- calls: 20
SELECT id, title FROM posts WHERE state = 'draft' AND author_id = 99;
