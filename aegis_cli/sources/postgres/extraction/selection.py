"""Choose the tables to extract: the named ones, else the most used and largest."""

from collections.abc import Collection
from dataclasses import dataclass

from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.sources.postgres.session import ReadOnlySession


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Tables by the server's numbers, and what was left out."""

    oids: tuple[int, ...]
    lacks: tuple[SnapshotLack, ...] = ()


def select_tables(
    session: ReadOnlySession, only: Collection[str] | None, most_tables: int
) -> Selection:
    """Return the tables to look at.

    Args:
        session: The target.
        only: Names of tables or views, with or without schema; None for all.
        most_tables: How many when no names are given.

    Raises:
        SourceError: The server is lost.
    """
    if only is None:
        return _largest(session, most_tables)
    return _named(session, only)


def _largest(session: ReadOnlySession, most: int) -> Selection:
    found = session.query("select_largest", {"most": most})
    oids = [each.integer("oid") for each in found]
    parents = session.query("select_parents", {"oids": oids})
    total = found[0].integer("total") if found else 0
    chosen = tuple(sorted({*oids, *(each.integer("oid") for each in parents)}))
    if total <= most:
        return Selection(oids=chosen)
    lack = SnapshotLack(
        subject=f"{total - most} of {total} tables",
        reason=f"only the {most} most used and largest tables were read",
        hint="Name the tables that matter with --only.",
    )
    return Selection(oids=chosen, lacks=(lack,))


def _named(session: ReadOnlySession, only: Collection[str]) -> Selection:
    # People write names as in SQL, where the server folds them to lower case.
    spellings = sorted({*only, *(each.lower() for each in only)})
    found = session.query("select_named", {"names": spellings})
    known = {each.optional_text(column) for each in found for column in ("name", "full_name")}
    lacks = tuple(
        SnapshotLack(
            subject=each,
            reason="no table or view of this name",
            hint="Check the spelling, and name the schema if it is not on the search path.",
        )
        for each in sorted(only)
        if each not in known and each.lower() not in known
    )
    return Selection(oids=tuple(each.integer("oid") for each in found), lacks=lacks)
