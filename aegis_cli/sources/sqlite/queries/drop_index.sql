-- Drop an index of our own empty copy.
DROP INDEX IF EXISTS {index}
