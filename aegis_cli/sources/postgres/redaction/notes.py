"""What a redaction cost, summed up by reason."""

from collections import defaultdict

from aegis_cli.model.facts.snapshot import SnapshotLack

_MOST_NAMED = 10


class Notes:
    """Collects names by reason."""

    def __init__(self) -> None:
        """Start with none."""
        self._names: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, what: str, name: str, reason: str) -> None:
        """Note that redaction changed or left out something.

        Args:
            what: Its kind in the plural: `views`.
            name: Its own name.
            reason: What was done and why.
        """
        self._names[what, reason].append(name)

    def lacks(self) -> tuple[SnapshotLack, ...]:
        """Return one entry for each reason."""
        return tuple(
            SnapshotLack(
                subject=f"{len(names)} {what} ({', '.join(names[:_MOST_NAMED])}"
                f"{', …' if len(names) > _MOST_NAMED else ''})",
                reason=reason,
                hint="Advice from a snapshot that is not redacted is better.",
            )
            for (what, reason), names in self._names.items()
        )
