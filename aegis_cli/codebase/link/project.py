"""A project with its files linked."""

from collections.abc import Iterable

from aegis_cli.codebase.link.classes import Hierarchy
from aegis_cli.codebase.link.django_models import add_django_models
from aegis_cli.codebase.link.mapped_classes import add_mapped_classes
from aegis_cli.codebase.link.models import ModelGraph
from aegis_cli.codebase.link.modules import ModuleMap
from aegis_cli.codebase.link.signals import watched_models
from aegis_cli.codebase.records import ModuleRecord


class Project:
    """Where names lead, what classes inherit, and how models are related."""

    def __init__(self, records: Iterable[ModuleRecord]) -> None:
        """Link the records of all files."""
        self.modules = ModuleMap(records)
        self.hierarchy = Hierarchy(self.modules)
        self.graph = ModelGraph(self.hierarchy)
        add_django_models(self.graph, self.modules)
        add_mapped_classes(self.graph, self.modules)
        self.watched = watched_models(self.graph, self.modules)
