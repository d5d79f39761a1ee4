"""AEG1406: a loop that commits after every row."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.executions import Repetition, Statement
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_detector import JoinedLoop, LoopDetector
from aegis_cli.rules.queries._loop_evidence import bursts_of, loop_place, loop_rounds, loop_times
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, sample, tables

RULE = Rule(
    code="AEG1406",
    name="commit-per-row",
    section="1.4",
    title=Text(en="A commit after every row", ko="행마다 커밋하는 반복 작업"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

COMMIT_SHARE = 0.5
"""Part of a one-row transaction's time that its commit is taken to cost (heuristic)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPerRowOptions(Options):
    """When one-row transactions count as a loop."""

    min_repeats: int = 20
    """One-row transactions in a row that a burst needs."""
    max_gap_ms: int = 5
    """Median pause above which the transactions belong to different requests."""


class CommitPerRow(LoopDetector):
    """Listen for loops in which every round is a transaction around one keyed or new row."""

    rule = RULE
    options_type = CommitPerRowOptions

    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return the write of a loop of one-row transactions that follow closely on each other."""
        options = narrow(self._options, CommitPerRowOptions)
        write = _only_write(fact)
        if write is None or fact.median_gap_us > options.max_gap_ms * US_PER_MS:
            return None
        return (write.fingerprint,)

    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report a loop of enough one-row transactions."""
        totals = loop.totals
        if totals.max_rounds < narrow(self._options, CommitPerRowOptions).min_repeats:
            return
        write = _writes(loop.cycle)[0]
        commits_saved = totals.rounds - totals.bursts
        saved_ms = ms(totals.time_us) * commits_saved / totals.rounds * COMMIT_SHARE
        yield self.finding(
            message=_message(write, loop),
            identity=names,
            locations=places(loop.attributions, loop.examples),
            evidence=_evidence(loop, saved_ms),
            impact=Impact(
                basis=Basis.HEURISTIC,
                time_saved_ms=saved_ms if totals.time_us > 0 else None,
                calls_saved=commits_saved * (len(loop.cycle) - 1),
            ),
            fix=_fix(write, self.context.recheck),
        )


def _evidence(loop: JoinedLoop, saved_ms: float) -> tuple[Evidence, ...]:
    totals = loop.totals
    saving = estimated("commit_time", saved_ms, Unit.MS, Basis.HEURISTIC, "half of the time")
    return (
        measured("bursts", totals.bursts, Unit.COUNT, loop_place(loop)),
        measured("write_executions", totals.rounds, Unit.CALLS, "each with a commit of its own"),
        *loop_times(loop, "transaction"),
        *((saving,) if totals.time_us > 0 else ()),
        *loop_rounds(totals),
        sample("write", _writes(loop.cycle)[0]),
    )


def _only_write(fact: Repetition) -> Statement | None:
    """Return the one row-sized write of a round; None if the round does anything else.

    A loop without BEGIN commits each row as well, but it is told as row-at-a-time writes:
    the batch that cures those commits once, too.
    """
    writes = _writes(fact.cycle)
    is_wrapped = any(each.shape.is_transaction_control for each in fact.cycle)
    if len(writes) != 1 or not is_wrapped or not fact.is_varying:
        return None
    return writes[0] if _is_row_sized(writes[0]) else None


def _writes(cycle: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return tuple(each for each in cycle if not each.shape.is_transaction_control)


def _is_row_sized(statement: Statement) -> bool:
    shape = statement.shape
    return shape.is_keyed_write or (shape.values_rows == 1 and not shape.insert_from_select)


def _message(write: Statement, loop: JoinedLoop) -> Text:
    name, spent = tables(write), loop.spent
    rounds, bursts = loop.totals.rounds, bursts_of(loop.totals, Text(en="rows", ko="행"))
    return Text(
        en=f"{name} is written by {rounds:,} transactions of one row each{spent.en}, in "
        f"{bursts.en}; every commit waits for the disk",
        ko=f"{name} 쓰기가 한 행짜리 트랜잭션 {rounds:,}개로 나뉘어 있습니다{spent.ko}: "
        f"{bursts.ko}. 커밋마다 디스크 기록을 기다립니다",
    )


def _fix(write: Statement, recheck: str) -> Fix:
    name = tables(write)
    return Fix(
        summary=Text(
            en=f"Put the loop over {name} into one transaction, or one per batch.",
            ko=f"{name} 반복 쓰기를 트랜잭션 하나(또는 묶음마다 하나)로 감쌉니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# Django",
            "with transaction.atomic():",
            "    for batch in batches_of(rows, 1000):",
            "        ...",
            "",
            "# SQLAlchemy: commit after the loop, not inside it",
            "with Session.begin() as session:",
            "    session.add_all(rows)",
            "",
            "# Caution: one transaction succeeds or fails as a whole and keeps its locks",
            "# until it ends; commit per batch where rows are independent.",
        ),
        recheck=recheck,
    )
