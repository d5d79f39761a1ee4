"""Syntax of newer Pythons in words of this one: read what the interpreter itself cannot.

Each repair changes one line where the parser stopped, and never the number of lines, so places
stay true. What is rewritten means the same to us: which exceptions are caught, or how a name is
generic, is no matter of what a function calls.
"""

import ast
import re

_MOST_REPAIRS = 60
_GENERIC = re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[")
_ALIAS = re.compile(r"^(\s*)type\s+(\w+)(?:\[.*\])?\s*=(.*)$", re.DOTALL)
_EXCEPT = re.compile(r"^(\s*except\*?\s+)([^(:][^:]*?)(\s*:.*)$", re.DOTALL)
_F_STRING = re.compile(r"""[fF][rR]?(\"\"\"|'''|"|')""")
_FIELD = re.compile(r"\{[^{}]*\}")


def parse(content: bytes) -> ast.Module:
    """Return the tree of a file, also of one that is written for a newer Python.

    Raises:
        SyntaxError: It is valid Python of no version that we know; the first error is told.
        ValueError: It holds NUL characters, or is in no known encoding.
    """
    try:
        return ast.parse(content)
    except SyntaxError as error:
        repaired = _repaired(content, error)
        if repaired is None:
            raise
        return repaired


def _repaired(content: bytes, first: SyntaxError) -> ast.Module | None:
    try:
        lines = content.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
    error = first
    for _ in range(_MOST_REPAIRS):
        number = (error.lineno or 0) - 1
        if not 0 <= number < len(lines):
            return None
        line = _repair(lines[number])
        if line == lines[number]:
            return None
        lines[number] = line
        try:
            return ast.parse("".join(lines))
        except SyntaxError as another:
            error = another
    return None


def _repair(line: str) -> str:
    """Return a line in older words; the same line where there is nothing to change."""
    generic = _GENERIC.match(line)
    if generic is not None:
        return generic[1] + _after_bracket(line[generic.end() - 1 :])
    alias = _ALIAS.match(line)
    if alias is not None:
        return f"{alias[1]}{alias[2]} ={alias[3]}"
    caught = _EXCEPT.match(line)
    if caught is not None and "," in caught[2] and " as " not in caught[2]:
        return f"{caught[1]}({caught[2]}){caught[3]}"
    return _with_other_quotes(line)


def _after_bracket(text: str) -> str:
    """Return what follows the bracket that a text begins with."""
    depth = 0
    for position, character in enumerate(text):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if depth == 0:
            return text[position + 1 :]
    return text


def _with_other_quotes(line: str) -> str:
    """Let fields of f-strings use the quotes that the string around them does not."""
    started = _F_STRING.search(line)
    if started is None:
        return line
    own = started[1][0]
    other = '"' if own == "'" else "'"
    head, rest = line[: started.end()], line[started.end() :]
    return head + _FIELD.sub(lambda field: field[0].replace(own, other), rest)
