"""The base of rules over source code: a visitor that sees, and a report that explains."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.visitors import Piece, Visitor
from aegis_cli.engine.detector import Detector
from aegis_cli.model.evidence import CodeSnippet, Evidence
from aegis_cli.model.facts.source_code import Place, Sighting
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text


class SourceDetector(Detector[Sighting]):
    """A rule that needs to see one file only.

    `look` is shown each piece of code that `pieces` and `calls` name, in a worker process, and
    yields sightings; what it yields is cached by the content of the file, so it knows neither
    thresholds nor other files. `report` turns a sighting into a finding, under the thresholds.
    """

    consumes = Sighting
    pieces: ClassVar[tuple[type[Piece], ...]] = ()
    """Types of nodes to be shown, or scopes at their end (`FunctionScope`, …)."""
    calls: ClassVar[frozenset[str]] = frozenset()
    """Dotted names of calls to be shown."""
    kinds: ClassVar[frozenset[FileKind]] = frozenset((FileKind.PRODUCT, FileKind.TEST))
    """Files that the rule is about; tests are examined only when the user wants it."""

    @staticmethod
    @abstractmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield what is seen at a piece of code."""

    @abstractmethod
    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Yield what a sighting means; nothing below the thresholds."""

    def observe(self, fact: Sighting) -> Iterator[Finding]:
        """Report the sightings of this rule."""
        if fact.rule == self.rule.code:
            yield from self.report(fact)

    @classmethod
    def visitor(cls) -> Visitor:
        """Return what the walk over files needs of this rule."""
        return Visitor(
            rule=cls.rule.code, look=cls.look, pieces=cls.pieces, calls=cls.calls, kinds=cls.kinds
        )

    def found(
        self,
        sighting: Sighting,
        *,
        message: Text,
        summary: Text,
        change: str,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        kind: FixKind = FixKind.ADVICE,
        evidence: tuple[Evidence, ...] = (),
    ) -> Finding:
        """Build the finding of a sighting; `change` shows the code or setting to write.

        A sighting that is only a hint has low confidence.
        """
        return self.finding(
            message=message,
            identity=identity_of(sighting.place),
            locations=tuple(location(each) for each in (sighting.place, *sighting.related)),
            evidence=(*snippets((sighting.place,)), *evidence),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(summary=summary, kind=kind, text=change, recheck=self.context.recheck),
            severity=severity,
            confidence=Confidence.LOW if sighting.is_hint else confidence,
        )


def identity_of(place: Place) -> tuple[str, ...]:
    """Return stable names of a place: file, symbol and the line as written, never its number."""
    return (place.path, place.symbol, place.text)


def location(place: Place) -> CodeLocation:
    """Return a place as a location of a finding."""
    return CodeLocation(path=place.path, line=place.line, function=place.symbol or None)


def snippets(places: tuple[Place, ...]) -> tuple[Evidence, ...]:
    """Return the lines of places, each with where it is."""
    return tuple(
        CodeSnippet(title=f"{each.path}:{each.line}", language="python", text=each.text)
        for each in places
        if each.text
    )
