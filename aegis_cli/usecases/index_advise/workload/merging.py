"""Merge statements of one structure from several sources."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aegis_cli.indexing.constants import planned_texts
from aegis_cli.model.facts.accesses import Condition, StatementAccess
from aegis_cli.model.facts.index_workload import ConstantsOrigin, PlannedText, WorkloadStatement
from aegis_cli.sqltext.access import accesses_of
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.substitution import parameters_in
from aegis_cli.usecases.index_advise.workload.names import Names
from aegis_cli.usecases.index_advise.workload.understanding import Understood

_MOST_TEXTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merged:
    """Several sources' view of one statement."""

    parts: Sequence[Understood]

    @property
    def calls(self) -> float:
        return sum(each.raw.calls for each in self.parts)

    @property
    def total_ms(self) -> float | None:
        return _sum([each.raw.total_ms for each in self.parts])

    @property
    def rows(self) -> float | None:
        return _sum([each.raw.rows for each in self.parts])

    @property
    def rows_per_call(self) -> float | None:
        """Return the mean over the sources that count rows."""
        counted = [each.raw for each in self.parts if each.raw.rows is not None]
        calls = sum(each.calls for each in counted)
        return sum(each.rows or 0.0 for each in counted) / calls if calls else None


def merge(parts: Sequence[Understood], names: Names) -> WorkloadStatement:
    """Return one statement for all parts, which have the same fingerprint.

    Values that one source knows stand for the executions of all.
    """
    merged = _Merged(parts=parts)
    speaker = max(parts, key=lambda each: (bool(each.known), each.raw.calls))
    known = _known_texts(parts)
    access = accesses_of(speaker.text, names.columns_of, names.view_of)
    texts = _texts(merged, (speaker, access), known, names)
    if not parameters_in(speaker.text):
        others = (accesses_of(each, names.columns_of, names.view_of) for each, _ in known)
        access = _agreed(access, others)
    return WorkloadStatement(
        fingerprint=speaker.fingerprint,
        normalized=normalize(speaker.text),
        kind=speaker.shape.kind,
        calls=merged.calls,
        texts=texts,
        access=access,
        source=", ".join(dict.fromkeys(each.raw.source for each in parts)),
        total_ms=merged.total_ms,
        rows=merged.rows,
    )


def _texts(
    merged: _Merged,
    spoken: tuple[Understood, StatementAccess],
    known: Sequence[tuple[str, float]],
    names: Names,
) -> tuple[PlannedText, ...]:
    if not known:
        speaker, access = spoken
        return planned_texts(
            speaker.text,
            access,
            names.book,
            rows_per_call=merged.rows_per_call,
            has_folded_lists=speaker.raw.has_folded_lists,
        )
    shares: dict[tuple[str, ConstantsOrigin], float] = {}
    for text, share in known:
        for each in _completed(text, merged, names):
            key = (each.text, each.constants)
            shares[key] = shares.get(key, 0.0) + share * each.share
    return tuple(
        PlannedText(text=text, share=share, constants=constants)
        for (text, constants), share in shares.items()
    )


def _completed(text: str, merged: _Merged, names: Names) -> tuple[PlannedText, ...]:
    """Return a text with values also for the parameters that its source did not tell."""
    if not parameters_in(text):
        return (PlannedText(text=text, share=1.0, constants=ConstantsOrigin.KNOWN),)
    access = accesses_of(text, names.columns_of, names.view_of)
    return planned_texts(text, access, names.book, rows_per_call=merged.rows_per_call)


def _known_texts(parts: Sequence[Understood]) -> list[tuple[str, float]]:
    """Return texts with known values and their shares, weighted by their sources' calls."""
    weights: dict[str, float] = {}
    for each in parts:
        for text in each.known:
            weights[text] = weights.get(text, 0.0) + each.raw.calls / len(each.known)
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:_MOST_TEXTS]
    total = sum(weight for _, weight in heaviest)
    return [(text, weight / total) for text, weight in heaviest] if total else []


def _agreed(access: StatementAccess, others: Iterable[StatementAccess]) -> StatementAccess:
    """Return an access without the constants that differ between executions.

    An application that writes values into its texts means them as parameters all the same.
    """
    for other in others:
        if len(other.tables) != len(access.tables):
            continue
        tables = tuple(
            replace(mine, conditions=_agreed_conditions(mine.conditions, theirs.conditions))
            for mine, theirs in zip(access.tables, other.tables, strict=True)
        )
        access = replace(access, tables=tables)
    return access


def _agreed_conditions(
    mine: tuple[Condition, ...], theirs: tuple[Condition, ...]
) -> tuple[Condition, ...]:
    if len(mine) != len(theirs):
        return tuple(map(_without_constant, mine))
    return tuple(
        one if one == other else _without_constant(one)
        for one, other in zip(mine, theirs, strict=True)
    )


def _without_constant(condition: Condition) -> Condition:
    return replace(condition, constant=None, sql="")


def _sum(values: Sequence[float | None]) -> float | None:
    """Return a sum, None if a part of it is unknown."""
    known = [each for each in values if each is not None]
    return sum(known) if len(known) == len(values) else None
