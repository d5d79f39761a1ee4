"""Name the operators of conditions: as written, turned round, and negated."""

from aegis_cli.sqltext.tree import Node, names, text

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "@>": "<@", "<@": "@>"}
_NEGATED = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_NEGATED |= {"IS NULL": "IS NOT NULL", "IS NOT NULL": "IS NULL"}
NULL_TESTS = {"IS_NULL": "IS NULL", "IS_NOT_NULL": "IS NOT NULL"}
_LIKE = {"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE"}
_SIMILAR = {"~": "SIMILAR TO", "!~": "NOT SIMILAR TO"}
_WORDS = {
    "AEXPR_BETWEEN": "BETWEEN",
    "AEXPR_BETWEEN_SYM": "BETWEEN SYMMETRIC",
    "AEXPR_NOT_BETWEEN": "NOT BETWEEN",
    "AEXPR_NOT_BETWEEN_SYM": "NOT BETWEEN SYMMETRIC",
    "AEXPR_DISTINCT": "IS DISTINCT FROM",
    "AEXPR_NOT_DISTINCT": "IS NOT DISTINCT FROM",
}


def operator_of(body: Node) -> str:
    """Return the operator of an A_Expr's body, as people write it."""
    symbol = (names(body, "name") or ("",))[-1]
    match kind := text(body, "kind"):
        case "AEXPR_OP_ANY":
            return f"{symbol} ANY"
        case "AEXPR_OP_ALL":
            return f"{symbol} ALL"
        case "AEXPR_SIMILAR":
            return _SIMILAR.get(symbol, symbol)
        case "AEXPR_OP" | "AEXPR_LIKE" | "AEXPR_ILIKE":
            return _LIKE.get(symbol, symbol)
        case _:
            return _WORDS.get(kind, symbol)


def flipped(operator: str) -> str:
    """Return the operator that says the same with its sides exchanged."""
    return _FLIPPED.get(operator, operator)


def negated(operator: str) -> str:
    """Return the operator that holds where the given one does not, NULL apart."""
    return _NEGATED.get(operator) or _with_not(operator)


def _with_not(operator: str) -> str:
    bare = operator.removeprefix("NOT ")
    return bare if bare != operator else f"NOT {operator}"
