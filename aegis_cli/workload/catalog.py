"""Every statement of a run, numbered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.facts.shapes import Shape, StatementKind
from aegis_cli.sqltext.shape import shape_of


class Role(IntEnum):
    """What a statement means for the grouping into units of work."""

    WORK = 0
    BEGIN = 1
    END = 2
    SAVEPOINT = 3
    NOISE = 4
    """Settings, cursors' bookkeeping, pings and catalog look-ups of drivers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementText:
    """A text that shows a statement's structure."""

    fingerprint: str
    has_list: bool
    has_rows: bool
    normalized: str
    sample: str


class StatementCatalog:
    """Numbers statements twice: by fingerprint, and by variant.

    A variant also tells one literal from a list of them, and one row of VALUES from several,
    which a fingerprint folds: a loop of single-row inserts is not a batch.
    """

    def __init__(self) -> None:
        """Start without statements."""
        self._variants: dict[tuple[str, bool, bool], int] = {}
        self._fingerprints: dict[str, int] = {}
        self._texts: list[StatementText] = []
        self._statements: list[Statement | None] = []
        self._speakers: list[StatementText] = []
        self._roles: list[int] = []
        self._can_return_many: list[bool] = []
        self._writes: list[bool] = []
        self._fingerprint_of: list[int] = []

    def add(self, text: StatementText) -> int:
        """Return the variant number of a statement.

        Of several texts with one fingerprint the one with the shortest normalized statement
        speaks for all, then the first in alphabetical order, then the first in the log.
        """
        key = (text.fingerprint, text.has_list, text.has_rows)
        number = self._variants.get(key)
        if number is None:
            number = self._variants[key] = len(self._texts)
            self._texts.append(text)
            self._statements.append(None)
            self._fingerprint_of.append(self._fingerprint_number(text))
            self._classify(shape_of(text.sample))
        elif _speaks_before(text, self._texts[number]):
            self._texts[number] = text
            self._statements[number] = None
        at = self._fingerprint_of[number]
        if _speaks_before(text, self._speakers[at]):
            self._speakers[at] = text
        return number

    def _fingerprint_number(self, text: StatementText) -> int:
        number = self._fingerprints.get(text.fingerprint)
        if number is None:
            number = self._fingerprints[text.fingerprint] = len(self._speakers)
            self._speakers.append(text)
        return number

    def fingerprint_number(self, fingerprint: str) -> int | None:
        """Return the number of a fingerprint, None if it was never met."""
        return self._fingerprints.get(fingerprint)

    def fingerprint(self, number: int) -> str:
        """Return the fingerprint of a variant."""
        return self._texts[number].fingerprint

    @property
    def variants(self) -> int:
        """Return how many variants there are."""
        return len(self._texts)

    @property
    def fingerprints(self) -> int:
        """Return how many fingerprints there are."""
        return len(self._speakers)

    def variant(self, number: int) -> Statement:
        """Return the statement of a variant; its shape is that of the variant."""
        known = self._statements[number]
        if known is None:
            known = self._statements[number] = self._describe(self._texts[number])
        return known

    def known(self) -> "VariantView":
        """Return a view of all variants by number, described only when looked at."""
        return VariantView(self)

    def statement(self, fingerprint_number: int) -> Statement:
        """Return the statement that speaks for all variants of a fingerprint."""
        return self._describe(self._speakers[fingerprint_number])

    def fingerprint_numbers(self) -> NDArray[np.int32]:
        """Return the fingerprint number of every variant."""
        return np.array(self._fingerprint_of, np.int32)

    def roles(self) -> NDArray[np.uint8]:
        """Return the role of every variant."""
        return np.array(self._roles, np.uint8)

    def can_return_many(self) -> NDArray[np.bool_]:
        """Tell for every variant whether it is a query that could return several rows."""
        return np.array(self._can_return_many, np.bool_)

    def writes(self) -> NDArray[np.bool_]:
        """Tell for every variant whether it changes rows."""
        return np.array(self._writes, np.bool_)

    def _classify(self, shape: Shape) -> None:
        self._roles.append(_role(shape))
        self._can_return_many.append(shape.can_return_many)
        self._writes.append(shape.is_write)

    def _describe(self, text: StatementText) -> Statement:
        shape = shape_of(text.sample)
        if shape.values_rows is not None and text.has_rows:
            shape = replace(shape, values_rows=max(shape.values_rows, 2))
        return Statement(fingerprint=text.fingerprint, text=text.normalized, shape=shape)


class VariantView(Sequence[Statement]):
    """The variants of a catalog as a sequence."""

    def __init__(self, catalog: StatementCatalog) -> None:
        """View the variants known now and later."""
        self._catalog = catalog

    def __len__(self) -> int:
        """Return how many variants there are."""
        return self._catalog.variants

    @overload
    def __getitem__(self, index: int) -> Statement: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Statement, ...]: ...
    def __getitem__(self, index: int | slice) -> Statement | tuple[Statement, ...]:
        """Return one variant, or several."""
        if isinstance(index, slice):
            return tuple(self._catalog.variant(at) for at in range(*index.indices(len(self))))
        return self._catalog.variant(index)


def _speaks_before(text: StatementText, other: StatementText) -> bool:
    # Parsers tell only the first sample each, so which samples meet depends on their number.
    return (len(text.normalized), text.normalized) < (len(other.normalized), other.normalized)


def _role(shape: Shape) -> Role:
    match shape.kind:
        case StatementKind.BEGIN:
            return Role.BEGIN
        case StatementKind.COMMIT | StatementKind.ROLLBACK:
            return Role.END
        case StatementKind.SAVEPOINT:
            return Role.SAVEPOINT
        case StatementKind.SETTING:
            return Role.NOISE
        case StatementKind.SELECT if not shape.has_from or shape.touches_catalog_only:
            return Role.NOISE
        case _:
            return Role.WORK
