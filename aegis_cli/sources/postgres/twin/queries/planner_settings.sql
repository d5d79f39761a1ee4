-- Settings that a session may change and that decide about plans. Needs no privilege.
-- PostgreSQL 13.
SELECT s.name
FROM pg_settings AS s
WHERE s.context IN ('user', 'superuser')
    AND (
        s.category LIKE 'Query Tuning%'
        OR s.name IN (
            'work_mem',
            'hash_mem_multiplier',
            'effective_io_concurrency',
            'max_parallel_workers_per_gather',
            'max_parallel_workers',
            'parallel_leader_participation',
            'temp_buffers',
            'DateStyle',
            'IntervalStyle',
            'TimeZone',
            'default_text_search_config'
        )
    )
    AND s.name NOT IN ('plan_cache_mode', 'geqo_seed')
