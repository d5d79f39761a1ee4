-- The schemas in which an unqualified name is looked up, as of a session of our role.
SELECT current_schemas(FALSE)::text[] AS schemas
