"""What detectors are shown of a project: sightings of single files, and what links show."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from aegis_cli.codebase.flow.blocking import blocking_paths
from aegis_cli.codebase.flow.machine import FlowMachine
from aegis_cli.codebase.link.project import Project
from aegis_cli.codebase.records import ModuleRecord
from aegis_cli.model.facts.source_code import BlockingPath, GivenUp, Place, RowQuery, Sighting

SourceFact: TypeAlias = Sighting | RowQuery | BlockingPath | GivenUp

ReadLines = Callable[[str], Sequence[str]]
"""Returns the lines of a file of the project, none where it cannot be read."""


def project_facts(modules: Sequence[ModuleRecord], read_lines: ReadLines) -> Iterator[SourceFact]:
    """Yield the facts of a project in the order of its files."""
    for module in modules:
        yield from module.sightings
    writer = _PlaceWriter(read_lines)
    project = Project(modules)
    machine = FlowMachine(project)
    machine.run()
    for found in machine.row_queries():
        yield writer.row_query(found)
    for function in dict.fromkeys(machine.given_up):
        yield GivenUp(path=function.module.record.path, symbol=function.record.symbol)
    for path in blocking_paths(project):
        yield writer.blocking_path(path)


class _PlaceWriter:
    """Writes the text of lines into places, reading each file once."""

    def __init__(self, read_lines: ReadLines) -> None:
        self._read_lines = read_lines
        self._files: dict[str, Sequence[str]] = {}

    def row_query(self, found: RowQuery) -> RowQuery:
        """Return a fact with the text of its places."""
        feed = found.feed
        return replace(
            found,
            places=tuple(self._written(each) for each in found.places),
            feed=self._written(feed) if feed is not None else None,
        )

    def blocking_path(self, path: BlockingPath) -> BlockingPath:
        """Return a fact with the text of its places."""
        return replace(path, places=tuple(self._written(each) for each in path.places))

    def _written(self, place: Place) -> Place:
        if place.path not in self._files:
            self._files[place.path] = self._read_lines(place.path)
        lines = self._files[place.path]
        text = lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""
        return replace(place, text=text)
