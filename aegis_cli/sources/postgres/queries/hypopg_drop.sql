-- Forget an index of this session's memory; needs the extension, no privilege.
SELECT hypopg_drop_index(%(number)s::bigint::oid) AS is_dropped
