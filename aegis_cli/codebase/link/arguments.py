"""The arguments of a call term, by position and by name."""

from collections.abc import Iterator

from aegis_cli.codebase.terms import Op, TermTable


def positional(table: TermTable, call: int) -> tuple[int, ...]:
    """Return the terms of arguments by position, up to the first that is unpacked."""
    found: list[int] = []
    for each in table.args[call]:
        if table.ops[each] == Op.STAR:
            break
        if table.ops[each] != Op.KEYWORD:
            found.append(each)
    return tuple(found)


def keyword(table: TermTable, call: int, name: str) -> int:
    """Return the term of an argument by name, 0 without one."""
    for each in table.args[call]:
        if table.ops[each] == Op.KEYWORD and table.names[each] == name:
            return table.bases[each]
    return 0


def keywords(table: TermTable, call: int) -> Iterator[tuple[str, int]]:
    """Yield name and term of each argument that is named."""
    for each in table.args[call]:
        if table.ops[each] == Op.KEYWORD:
            yield table.names[each], table.bases[each]


def argument(table: TermTable, call: int, position: int, name: str) -> int:
    """Return the term of an argument that may be given by position or by name, 0 without it."""
    given = positional(table, call)
    return given[position] if position < len(given) else keyword(table, call, name)


def text(table: TermTable, term: int) -> str | None:
    """Return the text that a term is; None for anything else."""
    return table.names[term] if table.ops[term] == Op.TEXT else None


def texts(table: TermTable, term: int) -> Iterator[str]:
    """Yield the texts in a list term, or the one that a term is."""
    if table.ops[term] in (Op.LIST, Op.PHI):
        for each in table.args[term]:
            yield from texts(table, each)
    elif table.ops[term] == Op.TEXT:
        yield table.names[term]


def is_true(table: TermTable, term: int) -> bool:
    """Tell whether a term is the constant True."""
    return table.ops[term] == Op.CONST and table.names[term] == "True"
