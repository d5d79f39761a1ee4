-- Columns of the database's tables; shows those on which we have any privilege.
SELECT
  table_name AS table_name,
  column_name AS name,
  ordinal_position AS position,
  column_type AS type_name,
  is_nullable AS is_nullable,
  column_default AS default_value,
  extra AS extra
FROM information_schema.columns
WHERE table_schema = :name
ORDER BY table_name, ordinal_position
