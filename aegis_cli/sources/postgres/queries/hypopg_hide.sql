-- Hide an index from this session's planner; HypoPG 1.4, no privilege.
SELECT hypopg_hide_index(%(index)s::regclass::oid) AS is_hidden
