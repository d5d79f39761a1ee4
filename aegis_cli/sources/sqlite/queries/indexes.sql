-- Indexes of a table; origin is c for CREATE INDEX, u for UNIQUE, pk for PRIMARY KEY (SQLite 3.16).
SELECT
  name,
  "unique",
  origin,
  partial
FROM pragma_index_list(?)
ORDER BY seq
