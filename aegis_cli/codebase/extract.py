"""One file's text becomes its record, by one walk over its syntax tree."""

import re

from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.newer_syntax import parse
from aegis_cli.codebase.records import ModuleRecord
from aegis_cli.codebase.statements import StatementWalk
from aegis_cli.codebase.templates import extract_template
from aegis_cli.codebase.visitors import Audience

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)


class Unparsable(ValueError):
    """A file that is no Python of this interpreter's version, with the reason."""


def extract(path: str, name: str, content: bytes, audience: Audience) -> ModuleRecord:
    """Return what a file says.

    Raises:
        Unparsable: The file is not valid Python, or nested too deeply.
    """
    try:
        tree = parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise Unparsable(reason(error)) from error
    lines = decoded(content).splitlines()
    record = ModuleRecord(path=path, name=name, lines=len(lines))
    try:
        StatementWalk(record, tree, lines, audience).walk()
    except RecursionError as error:
        raise Unparsable("nested too deeply") from error
    return record


def extract_any(
    path: str, name: str, kind: FileKind, content: bytes, audience: Audience
) -> ModuleRecord:
    """Return what a file says, Python or template.

    Raises:
        Unparsable: The file is not valid Python, or nested too deeply.
    """
    if kind is FileKind.TEMPLATE:
        return extract_template(path, name, content)
    return extract(path, name, content, audience)


def reason(error: Exception) -> str:
    """Return what is wrong with a file, with the line where it is known."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f"line {error.lineno}: {error.msg}"
    return str(error) or type(error).__name__


def decoded(content: bytes) -> str:
    """Return the text of a file whose tree could be built."""
    found = _CODING.match(content) or _CODING.match(content.partition(b"\n")[2])
    encoding = found[1].decode("ascii", "replace") if found is not None else "utf-8"
    try:
        return content.decode(encoding, "replace").removeprefix("\ufeff")
    except LookupError:
        return content.decode("utf-8", "replace")
