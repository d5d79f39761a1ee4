-- Put a sampled row into our own copy of the table.
INSERT OR IGNORE INTO {table} ({columns})
VALUES ({marks})
