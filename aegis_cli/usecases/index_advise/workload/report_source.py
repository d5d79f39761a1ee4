"""Take the statements of a saved `explain-queries` report."""

from aegis_cli.model.errors import SourceError
from aegis_cli.model.report import Cell, Section
from aegis_cli.render.reader import read_report
from aegis_cli.sqltext.parameters import mask_literals, parse_parameters
from aegis_cli.usecases.index_advise.workload.raw import (
    KnownExecution,
    RawStatement,
    RawWorkload,
)

_SECTION = "statements"
_PARAMETERS = "\n-- "


def report_workload(text: str, name: str) -> RawWorkload:
    """Return the statements of a report that was saved with `--format json`.

    Literals are masked there unless it was made with `--show-literals`.

    Raises:
        SourceError: The text is no report, one of a newer schema, or lists no statements.
    """
    try:
        report = read_report(text)
    except SourceError as error:
        raise SourceError(name, error.reason, error.hint) from error
    rows = [each for each in report.sections if each.id == _SECTION]
    if not rows:
        raise SourceError(
            name,
            f"a report of `aegis {report.command}`, which lists no statements",
            "Save one with `aegis explain-queries LOG --format json --output FILE`.",
        )
    return RawWorkload(statements=tuple(_statements(rows[0], name)))


def _statements(section: Section, name: str) -> list[RawStatement]:
    keys = [each.key for each in section.columns]
    found = [_statement(dict(zip(keys, row, strict=False)), name) for row in section.rows]
    return [each for each in found if each is not None]


def _statement(row: dict[str, Cell], name: str) -> RawStatement | None:
    text, calls, total_ms = row.get("statement"), row.get("calls"), row.get("total_ms")
    if not isinstance(text, str) or not isinstance(calls, int | float) or not calls:
        return None
    databases, example = row.get("databases"), row.get("example")
    return RawStatement(
        text=text,
        calls=float(calls),
        source=name,
        total_ms=float(total_ms) if isinstance(total_ms, int | float) else None,
        known=_known(example) if isinstance(example, str) else (),
        databases=tuple(databases.split(", ")) if isinstance(databases, str) else (),
        has_folded_lists=True,
    )


def _known(example: str) -> tuple[KnownExecution, ...]:
    """Return an example with its values, nothing where they are masked."""
    text, _, parameters = example.partition(_PARAMETERS)
    values = parse_parameters(parameters)
    # A masked text reads the same when it is masked again.
    if not values and mask_literals(text) == text:
        return ()
    return (KnownExecution(text=text, values=values),)
