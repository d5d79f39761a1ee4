-- First and last rowid; apart, since SQLite finds only a lone min or max in the tree.
SELECT
  (SELECT min(_rowid_) FROM {table}),
  (SELECT max(_rowid_) FROM {table})
