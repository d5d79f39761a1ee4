"""Hold the words whose case a normalized statement settles."""

_RESERVED = """
    all analyse analyze and any array as asc asymmetric authorization between binary both by case
    cast check coalesce collate column concurrently conflict constraint create cross current
    cursor deallocate declare default deferrable delete desc discard distinct do drop else end
    except execute exists explain extract false fetch filter for foreign from full grant greatest
    group having ilike in initially inner insert intersect interval into is isnull join lateral
    leading least left like limit locked materialized natural not nothing notnull nowait null
    nullif nulls offset on only or order outer over overlaps partition placing prepare primary
    recursive references release returning revoke right row savepoint select session_user set
    similar skip some symmetric table tablesample then to trailing trim true truncate union unique
    update user using vacuum values variadic when where window with within
    alter begin commit rollback start transaction copy merge matched
    current_catalog current_date current_role current_schema current_time current_timestamp
    current_user localtime localtimestamp
    straight_join replace ignore escape uescape
"""
_OPERANDS = """
    null true false end default user session_user current_catalog current_date current_role
    current_schema current_time current_timestamp current_user localtime localtimestamp
"""

# Words that are far more often columns than keywords (name, key, type, value, …) keep their case.
KEYWORDS = {
    spelling: word.upper() for word in _RESERVED.split() for spelling in (word, word.upper())
}
"""From a keyword in small or in capital letters to the settled spelling."""
OPERAND_KEYWORDS = frozenset(word.upper() for word in _OPERANDS.split())
"""Keywords that are values, so that a minus behind them subtracts."""
CALLED_KEYWORDS = frozenset(
    ("CAST", "COALESCE", "EXTRACT", "GREATEST", "LEAST", "NULLIF", "REPLACE", "TRIM")
)
"""Keywords that are written like functions, with no space before the parenthesis."""
_TYPES_BEFORE_VALUES = frozenset(("DATE", "TIME", "TIMESTAMP"))


def ends_value(token: str) -> bool:
    """Tell whether an operator behind this token has a value on its left."""
    if token[0].isalpha() or token[0] == "_":
        word = token.upper()
        if word in _TYPES_BEFORE_VALUES:
            return False
        return word not in KEYWORDS or word in OPERAND_KEYWORDS
    return token[0] in ")]\"`'$" or token[0].isdigit()
