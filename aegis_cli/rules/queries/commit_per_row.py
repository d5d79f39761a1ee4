"""AEG1406: a loop that commits after every row."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.model.evidence import estimated, measured
from aegis_cli.model.facts.executions import Repetition, Statement, UnitKind
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_evidence import loop_numbers, loop_samples
from aegis_cli.rules.queries._options import narrow
from aegis_cli.rules.queries._savings import Loop, loop_of
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, duration, ms, places, tables

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


class CommitPerRow(Detector[Repetition]):
    """Listen for loops in which every round is a transaction around one keyed or new row."""

    rule = RULE
    consumes = Repetition
    options_type = CommitPerRowOptions

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Report a loop that writes one row per transaction."""
        options = narrow(self._options, CommitPerRowOptions)
        write = _only_write(fact)
        if write is None or fact.median_gap_us > options.max_gap_ms * US_PER_MS:
            return
        loop = loop_of(fact, min_rounds=options.min_repeats)
        if loop is not None:
            yield self._report(fact, write, loop)

    def _report(self, fact: Repetition, write: Statement, loop: Loop) -> Finding:
        commits_saved = loop.rounds - loop.bursts
        saved_ms = ms(loop.time_us) * commits_saved / loop.rounds * COMMIT_SHARE
        is_explicit = len(fact.cycle) > 1
        control = len(fact.cycle) - 1
        return self.finding(
            message=_message(write, loop),
            identity=(write.fingerprint,),
            locations=places(fact.attributions, fact.examples),
            evidence=(
                *loop_numbers(fact, loop, "write"),
                measured("commits", loop.rounds, Unit.COUNT),
                estimated("commit_time", saved_ms, Unit.MS, Basis.HEURISTIC, "half of the time"),
                *loop_samples(fact, "write"),
            ),
            impact=Impact(
                basis=Basis.HEURISTIC,
                time_saved_ms=saved_ms if loop.time_us > 0 else None,
                calls_saved=commits_saved * control if is_explicit else None,
            ),
            fix=_fix(write, self.context.recheck),
            confidence=Confidence.MEDIUM if is_explicit else Confidence.LOW,
        )


def _only_write(fact: Repetition) -> Statement | None:
    """Return the one row-sized write of a round; None if the round does anything else."""
    writes = [each for each in fact.cycle if not each.shape.is_transaction_control]
    if len(writes) != 1 or not _is_row_sized(writes[0]) or not fact.is_varying:
        return None
    is_wrapped = len(fact.cycle) > 1
    is_autocommit = len(fact.cycle) == 1 and fact.unit is UnitKind.IDLE_GAP
    return writes[0] if is_wrapped or is_autocommit else None


def _is_row_sized(statement: Statement) -> bool:
    shape = statement.shape
    return shape.is_keyed_write or (shape.values_rows == 1 and not shape.insert_from_select)


def _message(write: Statement, loop: Loop) -> Text:
    spent = f" ({duration(ms(loop.time_us))})" if loop.time_us > 0 else ""
    name = tables(write)
    return Text(
        en=f"{name} is written by {loop.rounds:,} transactions of one row each{spent}, up to "
        f"{loop.max_rounds:,} in a row; every commit waits for the disk",
        ko=f"{name} 쓰기가 한 행짜리 트랜잭션 {loop.rounds:,}개로 나뉘어 있습니다{spent}. "
        f"연속 최대 {loop.max_rounds:,}개이며, 커밋마다 디스크 기록을 기다립니다",
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
