-- Show an index to this session's planner again; HypoPG 1.4, no privilege.
SELECT hypopg_unhide_index(%(index)s::regclass::oid) AS is_shown
