"""The change that loads several known relationships together with their owners."""

from collections.abc import Sequence

from aegis_cli.model.facts.executions import Mapper, Relationship
from aegis_cli.rules.queries._snippet import lines

_Path = tuple[Relationship, ...]
"""A relationship of the outermost rows, then one of its rows, and so on."""


def nested_eager_change(relationships: Sequence[Relationship]) -> str | None:
    """Return the change as code of the mapper; None where the relationships make no one query.

    They come in the order in which the loop asks for them, so the first is the outermost's.
    """
    if len(relationships) < 2 or len({each.mapper for each in relationships}) > 1:  # noqa: PLR2004  # several
        return None
    paths = _paths(relationships)
    change: tuple[str, ...]
    owner = relationships[0].owner
    if relationships[0].mapper is Mapper.DJANGO:
        head, change = "# Django", (f"{owner}.objects{_django(paths)}",)
    else:
        head, change = "# SQLAlchemy", _sqlalchemy(owner, paths)
    return lines(
        head,
        *change,
        "",
        "# Caution: every row that is loaded ahead is held in memory;",
        "# page the parent rows and load only what is used.",
    )


def _paths(relationships: Sequence[Relationship]) -> list[_Path]:
    """Hang each relationship below the one that leads to its owner, as far as names tell."""
    paths: list[_Path] = []
    for each in relationships:
        outer: _Path = ()
        if each.owner != relationships[0].owner:
            leading = [path for path in paths if _leads_to(path[-1], each.owner)]
            siblings = [path[:-1] for path in paths if path[-1].owner == each.owner]
            outer = (siblings or leading or paths)[-1]
        paths.append((*outer, each))
    return [path for path in paths if not any(_is_longer(other, path) for other in paths)]


def _leads_to(relationship: Relationship, owner: str) -> bool:
    """Tell whether an attribute is named after a class: `books` or `book_set` after `Book`."""
    return relationship.name.lower().replace("_", "").startswith(owner.lower())


def _is_longer(other: _Path, path: _Path) -> bool:
    return len(other) > len(path) and other[: len(path)] == path


def _django(paths: Sequence[_Path]) -> str:
    """Return the calls: a path without many rows in it can be joined."""
    joined = [_name(each) for each in paths if not any(one.to_many for one in each)]
    fetched = [_name(each) for each in paths if any(one.to_many for one in each)]
    calls = (("select_related", joined), ("prefetch_related", fetched))
    return "".join(f".{name}({', '.join(values)})" for name, values in calls if values)


def _name(path: _Path) -> str:
    return '"' + "__".join(each.name for each in path) + '"'


def _sqlalchemy(owner: str, paths: Sequence[_Path]) -> tuple[str, ...]:
    loaders = [
        ".".join(f"{'selectinload' if one.to_many else 'joinedload'}({one})" for one in each)
        for each in paths
    ]
    return (f"select({owner}).options(", *(f"    {each}," for each in loaders), ")")
