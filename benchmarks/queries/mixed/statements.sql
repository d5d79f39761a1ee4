-- name: account_by_mail
SELECT * FROM account WHERE lower(mail) = 'user77@example.org';

-- name: accounts_of_city
SELECT id FROM account WHERE country = 'de' AND city = 'city 0';

-- name: accounts_by_label
SELECT id FROM account WHERE labels @> ARRAY['l7', 'm1'];

-- name: accounts_by_plan
SELECT count(*) FROM account WHERE profile @> '{"plan": "pro", "age": 30}';

-- name: account_by_reference
SELECT id FROM account WHERE profile ->> 'ref' = '4711';

-- name: accounts_valid_on
SELECT count(*) FROM account WHERE valid @> date '2021-06-01';

-- name: newest_accounts
SELECT id, mail FROM account ORDER BY created_at DESC LIMIT 20;

-- name: accounts_like
SELECT id FROM account WHERE mail LIKE '%r1234%';

-- name: tickets_of_account
SELECT * FROM ticket WHERE account_id = 4711 ORDER BY opened_at DESC LIMIT 10;

-- name: open_tickets
SELECT id, title FROM ticket WHERE state = 'open' AND priority = 3 ORDER BY opened_at LIMIT 50;

-- name: urgent_of_week
SELECT count(*) FROM ticket WHERE priority = 3 AND opened_at >= '2023-05-01' AND opened_at < '2023-05-08';

-- name: tickets_never_closed
SELECT count(*) FROM ticket WHERE closed_at IS NULL AND state IN ('new', 'waiting');

-- name: dear_tickets
SELECT id, total FROM ticket WHERE total > 10000 ORDER BY total DESC LIMIT 25;

-- name: tickets_by_title
SELECT id FROM ticket WHERE title ILIKE '%c4ca4238%';

-- name: tickets_by_state
SELECT state, priority, count(*) FROM ticket GROUP BY state, priority;

-- name: closed_in_month
SELECT account_id, sum(price) FROM ticket WHERE state = 'closed' AND closed_at >= '2023-03-01' AND closed_at < '2023-04-01' GROUP BY account_id;

-- name: tickets_with_country
SELECT a.country, count(*) FROM ticket AS t JOIN account AS a ON a.id = t.account_id WHERE t.priority = 0 AND a.city = 'city 300' GROUP BY a.country;

-- name: open_view
SELECT * FROM open_ticket WHERE country = 'kr' AND opened_at > '2024-12-01' ORDER BY opened_at LIMIT 30;

-- name: events_of_ticket
SELECT * FROM event WHERE ticket_id = 12345 ORDER BY happened_on;

-- name: events_of_day
SELECT kind, count(*) FROM event WHERE happened_on = '2024-05-05' GROUP BY kind;

-- name: merges_of_year
SELECT count(*) FROM event WHERE kind = 'merge' AND happened_on >= '2024-01-01' AND happened_on < '2025-01-01';

-- name: events_by_payload
SELECT id FROM event WHERE payload @> '{"by": 77}' AND happened_on >= '2025-01-01';

-- name: events_with_ticket
SELECT t.state, count(*) FROM event AS e JOIN ticket AS t ON t.id = e.ticket_id WHERE e.kind = 'reply' AND e.happened_on BETWEEN '2023-02-01' AND '2023-02-03' GROUP BY t.state;

-- name: readings_of_sensor
SELECT avg(value) FROM reading WHERE sensor = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b' AND taken_at >= '2024-02-01' AND taken_at < '2024-02-02';

-- name: invalid_readings
SELECT sensor, max(taken_at) FROM reading WHERE NOT is_valid GROUP BY sensor;

-- name: readings_of_day
SELECT count(*) FROM reading WHERE taken_at >= '2024-03-01' AND taken_at < '2024-03-02';

-- name: tickets_without_event
SELECT count(*) FROM ticket AS t WHERE t.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.ticket_id = t.id AND e.kind = 'edit');
