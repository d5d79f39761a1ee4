"""The part of a log that the user asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """From `since_us` (inclusive) to `until_us` (exclusive), on the log's own clock."""

    since_us: int | None = None
    until_us: int | None = None

    @property
    def is_bounded(self) -> bool:
        """Tell whether anything can lie outside."""
        return self.since_us is not None or self.until_us is not None

    def contains(self, at_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which times lie inside; what has no time lies inside an open window only."""
        inside = np.ones(len(at_us), np.bool_)
        if self.since_us is not None:
            inside &= at_us >= self.since_us
        if self.until_us is not None:
            inside &= (at_us < self.until_us) & (at_us >= 0)
        return inside


def time_window(since: str | None, until: str | None) -> TimeWindow:
    """Return the window between two times in ISO 8601, either of which may be missing.

    Raises:
        UsageError: A text is no time, or the window ends before it begins.
    """
    window = TimeWindow(since_us=_moment("--since", since), until_us=_moment("--until", until))
    if (
        window.since_us is not None
        and window.until_us is not None
        and window.until_us <= window.since_us
    ):
        raise UsageError("--until", "not after --since", "Swap the two times.")
    return window


def _moment(option: str, text: str | None) -> int | None:
    """Read a time on the log's wall clock; a zone is left aside as the log's own is."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{option} {text}", "not a time", "Write it like 2026-11-23 or '2026-11-23 20:00:05'."
        ) from error
    return round(moment.replace(tzinfo=UTC).timestamp() * 1_000_000)
