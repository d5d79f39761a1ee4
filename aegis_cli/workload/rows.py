"""Executions in columns while they are being grouped."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Executions; all arrays have one length."""

    session: NDArray[np.int32]
    origin: NDArray[np.int32]
    """Number of user, database and application together."""
    at_us: NDArray[np.int64]
    """End of the execution; -1 where the log has no time."""
    duration_us: NDArray[np.int64]
    """-1 where the log does not tell."""
    statement: NDArray[np.int32]
    """Variant number, see `StatementCatalog`."""
    values: NDArray[np.int64]
    tag: NDArray[np.int32]
    place: NDArray[np.int64]
    """Where the entry stands: input and line, packed by the reader."""
    is_context: NDArray[np.bool_]
    """Already counted; kept only as a possible parent of what follows."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.statement)

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> "Rows":
        """Return some rows, in the order asked for."""
        return Rows(**{each.name: getattr(self, each.name)[which] for each in fields(self)})

    @classmethod
    def join(cls, parts: Sequence["Rows"]) -> "Rows":
        """Return the rows of all parts, one after another."""
        return cls(
            **{
                each.name: np.concatenate([getattr(part, each.name) for part in parts])
                for each in fields(cls)
            }
        )
