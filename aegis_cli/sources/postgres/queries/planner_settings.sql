-- What the planner is told: all that was changed, and what matters at its default, too.
SELECT
  s.name,
  current_setting(s.name) AS value
FROM pg_settings AS s
WHERE (s.category LIKE 'Query Tuning%%' AND s.setting IS DISTINCT FROM s.boot_val)
  OR s.name = ANY (%(always)s)
ORDER BY s.name
