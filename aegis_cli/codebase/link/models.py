"""The models of a project and the relations between them, for Django and SQLAlchemy alike."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from aegis_cli.codebase.link.classes import Hierarchy
from aegis_cli.codebase.link.modules import Class, Variable


class Mapper(StrEnum):
    """The library that maps classes to tables."""

    DJANGO = "django"
    SQLALCHEMY = "sqlalchemy"


@dataclass(slots=True, eq=False, kw_only=True)
class Relation:
    """A relation of a model, as an attribute of its rows."""

    name: str
    target: "Model | None"
    """None where the other model is outside of the project or cannot be told."""
    is_many: bool
    is_forward: bool = True
    is_generic: bool = False
    """Leads to rows of any model: prefetching works, joining does not."""
    inverse: str = ""
    """The relation of the target that leads back to one row; empty without one."""
    is_eager: bool = False
    """Loaded ahead by its own definition."""
    is_query: bool = False
    """A query object that no loading ahead serves, such as a dynamic relationship."""


@dataclass(slots=True, eq=False, kw_only=True)
class Model:
    """A mapped class."""

    owner: Class
    mapper: Mapper
    is_abstract: bool = False
    relations: dict[str, Relation] = field(default_factory=dict)
    columns: dict[str, Variable] = field(default_factory=dict)
    """Attributes that are columns, not relations."""
    managers: dict[str, Class | None] = field(default_factory=dict)
    """Attributes that begin queries, with their class where it is the project's."""

    @property
    def name(self) -> str:
        """Return the unqualified name of the class."""
        return self.owner.name

    def __repr__(self) -> str:
        """Return the dotted name of the class."""
        return self.owner.dotted


class ModelGraph:
    """All models by class, with relations that were linked."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        """Start empty."""
        self.hierarchy = hierarchy
        self.by_class: dict[Class, Model] = {}
        self.user: Model | None = None
        """The model of users, where it is the project's own."""
        self._by_name: defaultdict[str, list[Model]] = defaultdict(list)

    def add(self, model: Model) -> None:
        """Take in a model."""
        self.by_class[model.owner] = model
        self._by_name[model.name].append(model)

    def of(self, owner: Class) -> Model | None:
        """Return the model of a class."""
        return self.by_class.get(owner)

    def called(self, name: str, near: Class | None = None, label: str = "") -> Model | None:
        """Return the model of an unqualified name: that of the label, else the nearest one."""
        found = [each for each in self._by_name.get(name, ()) if not each.is_abstract]
        if label:
            found = [each for each in found if _has_label(each, label)] or found
        if len(found) > 1 and near is not None:
            same = [each for each in found if each.owner.module is near.module]
            app = _folder(near)
            found = same or [each for each in found if _folder(each.owner) == app] or found
        return found[0] if found else None

    def concrete(self) -> Iterator[Model]:
        """Yield the models that have a table."""
        return (each for each in self.by_class.values() if not each.is_abstract)

    def heirs(self, model: Model) -> Iterator[Model]:
        """Yield the models with a table that inherit from one, itself included."""
        for each in self.concrete():
            if model.owner in self.hierarchy.line(each.owner):
                yield each


def _has_label(model: Model, label: str) -> bool:
    wanted = label.lower()
    return wanted in (each.lower() for each in model.owner.module.record.name.split("."))


def _folder(owner: Class) -> str:
    return owner.module.record.path.rpartition("/")[0].removesuffix("/models")
