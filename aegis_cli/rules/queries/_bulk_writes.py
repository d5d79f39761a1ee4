"""The change that writes many objects at once, for the mapper and the class that were seen."""

from typing import assert_never

from aegis_cli.model.facts.executions import MappedClass, Mapper
from aegis_cli.rules.queries._snippet import lines


def bulk_insert(written: MappedClass) -> str:
    """Return how objects of a class are inserted in batches."""
    name = written.name
    match written.mapper:
        case Mapper.DJANGO:
            return lines(
                "# Django",
                "with transaction.atomic():",
                f"    {name}.objects.bulk_create(rows, batch_size=1000)",
                "",
                "# Caution: bulk_create calls neither save() nor signals, and one failing row",
                "# fails its whole batch.",
            )
        case Mapper.SQLALCHEMY:
            return lines(
                "# SQLAlchemy",
                "from sqlalchemy import insert",
                "",
                f"session.execute(insert({name}), list_of_dicts)",
                "",
                "# or, where the objects are needed: add all, and flush once",
                "session.add_all(objects)",
                "",
                "# Caution: an insert of dictionaries runs no events of the mapper and no defaults",
                "# of relationships; one failing row fails its whole batch.",
            )
        case _:
            assert_never(written.mapper)


def bulk_update(written: MappedClass, key: str) -> str:
    """Return how objects of a class are updated by key in batches."""
    name = written.name
    match written.mapper:
        case Mapper.DJANGO:
            return lines(
                "# Django: one value each, or one value for all",
                f'{name}.objects.bulk_update(rows, ["…"], batch_size=1000)',
                f"{name}.objects.filter({key}__in=keys).update(**changes)",
                "",
                "# Caution: update() and bulk_update() call neither save() nor signals;",
                "# a batch locks all its rows until it commits, so keep it short.",
            )
        case Mapper.SQLALCHEMY:
            return lines(
                "# SQLAlchemy: one value each, or one value for all",
                "from sqlalchemy import update",
                "",
                f"session.execute(update({name}), list_of_dicts_with_primary_key)",
                f"session.execute(update({name}).where({name}.{key}.in_(keys)).values(**changes))",
                "",
                "# Caution: neither runs the events of the mapper for each object;",
                "# a batch locks all its rows until it commits, so keep it short.",
            )
        case _:
            assert_never(written.mapper)


def bulk_delete(written: MappedClass, key: str) -> str:
    """Return how objects of a class are deleted by key in batches."""
    name = written.name
    caution = (
        "# Caution: keep batches to about a thousand keys inside one transaction;",
        "# a batch locks all its rows until it commits.",
    )
    match written.mapper:
        case Mapper.DJANGO:
            change = ("# Django", f"{name}.objects.filter({key}__in=keys).delete()")
        case Mapper.SQLALCHEMY:
            change = (
                "# SQLAlchemy",
                f"session.execute(delete({name}).where({name}.{key}.in_(keys)))",
            )
        case _:
            assert_never(written.mapper)
    return lines(*change, "", *caution)
