"""Gather what profilers counted by function, and part it into records of bounded size.

A record of kind "functions" holds some of these, and the name of the engine, its clock, and the
number of the look:

    names  [number, path, first line, qualified name]; the path of what is written in C is `~`
    rows   [function, calls, those not recursive, seconds without callees, with them, thread]
    calls  [caller, called, and the same four numbers for calls from one to the other]
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from aegis_cli.profiling.probe.recorder import Recorder

KIND = "functions"
BUILT_IN = "~"
LAST = 1 << 30
"""Number of the look at the end."""
_HERE = os.path.dirname(__file__)  # noqa: PTH120  # pathlib costs start-up
_ROWS = 5000


class FunctionTable:
    """Functions with their sums, and who called whom how often."""

    def __init__(self) -> None:
        """Start with no function."""
        self._numbers: dict[tuple[str, int, str], int] = {}
        self.rows: list[Sequence[object]] = []
        self.calls: list[Sequence[object]] = []

    def number(self, path: str, line: int, name: str) -> int | None:
        """Return the number of a function, None if it is one of ours."""
        if path.startswith(_HERE):
            return None
        return self._numbers.setdefault((path, line, name), len(self._numbers))

    def write(self, recorder: "Recorder", engine: str, clock: str, look: int = LAST) -> None:
        """Record everything, names first."""
        names: list[Sequence[object]] = [[each, *key] for key, each in self._numbers.items()]
        for key, values in (("names", names), ("rows", self.rows), ("calls", self.calls)):
            for at in range(0, len(values), _ROWS):
                part = {key: values[at : at + _ROWS]}
                recorder.write(KIND, {"engine": engine, "clock": clock, "look": look, **part})
