-- Keys of an index in order; cid is -1 for the rowid and -2 for an expression (SQLite 3.16).
SELECT
  cid,
  name,
  "desc",
  coll
FROM pragma_index_xinfo(?)
WHERE key = 1
ORDER BY seqno
