"""What detectors are shown of a project: sightings of single files, and what links show."""

from collections.abc import Iterator, Sequence

from aegis_cli.codebase.records import ModuleRecord


def project_facts(modules: Sequence[ModuleRecord]) -> Iterator[object]:
    """Yield the facts of a project in the order of its files."""
    for module in modules:
        yield from module.sightings
