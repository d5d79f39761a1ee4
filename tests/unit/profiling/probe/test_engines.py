"""An engine reports now and then, so that not all is lost of a process that is killed."""

from types import CodeType

from aegis_cli.profiling.probe.engines import Paced


class Counting:
    """An engine that can report while it counts."""

    def __init__(self) -> None:
        """Start with no reports."""
        self.looks: list[int] = []
        self.is_stopped = False

    def report(self, look: int) -> None:
        """Note the number of the look."""
        self.looks.append(look)

    def stop(self) -> None:
        """Note the end."""
        self.is_stopped = True


class Preparing:
    """An engine that cannot report, but prepares code."""

    def prepare(self, code: CodeType) -> CodeType:
        """Return other code."""
        return code.replace(co_name="prepared")

    def stop(self) -> None:
        """Do nothing."""


def test_reports_become_rarer() -> None:
    engine, times = Counting(), iter((0.0, 0.05, 0.1, 0.15, 0.25, 0.3, 0.5, 0.9, 1.1))
    paced = Paced(engine, lambda: next(times))

    for _ in range(8):
        paced.flush()
    paced.stop()

    # After 0.1 s, and at the first chance after 0.2, 0.5 and 1 s.
    assert engine.looks == [1, 2, 3, 4]
    assert engine.is_stopped


def test_an_engine_that_cannot_report_is_left_alone() -> None:
    paced = Paced(Preparing(), iter((0.0, 9.0)).__next__)

    paced.flush()
    paced.stop()

    code = compile("1", "x", "eval")
    assert paced.prepare(code).co_name == "prepared"
    assert not hasattr(Paced(Counting()), "prepare")
