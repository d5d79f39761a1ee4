-- Other indexes of the same table that are built alike. Privileges: none. PostgreSQL 13.
SELECT other_class.relname::text AS name
FROM pg_index AS made
JOIN pg_index AS other
    ON other.indrelid = made.indrelid AND other.indexrelid <> made.indexrelid
JOIN pg_class AS made_class ON made_class.oid = made.indexrelid
JOIN pg_class AS other_class ON other_class.oid = other.indexrelid
WHERE made.indexrelid = %(index)s::regclass
    AND other.indisvalid
    AND other_class.relam = made_class.relam
    AND other.indkey::text = made.indkey::text
    AND other.indnkeyatts = made.indnkeyatts
    AND other.indclass::text = made.indclass::text
    AND other.indcollation::text = made.indcollation::text
    AND other.indoption::text = made.indoption::text
    AND pg_get_expr(other.indexprs, other.indrelid)
        IS NOT DISTINCT FROM pg_get_expr(made.indexprs, made.indrelid)
    AND pg_get_expr(other.indpred, other.indrelid)
        IS NOT DISTINCT FROM pg_get_expr(made.indpred, made.indrelid)
