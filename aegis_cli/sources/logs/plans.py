"""Keep the slowest plan of each statement that auto_explain wrote."""

import re
from dataclasses import dataclass

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.facts.log_events import PlanObservation
from aegis_cli.model.location import LogLocation
from aegis_cli.sources.logs.auto_explain import ParsedPlan, parse_plan
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.shape import shape_of

_DURATION = re.compile(r"duration: (\d+)\.(\d{3}) ms\s+")


@dataclass(slots=True)
class _Kept:
    """The slowest plan of one statement so far."""

    duration_us: int
    plan: ParsedPlan
    location: LogLocation


class PlanLog:
    """Plans by fingerprint; parsers pass on only plans slower than those before."""

    def __init__(self) -> None:
        """Start without plans."""
        self._kept: dict[str, _Kept] = {}
        self._plans: dict[str, int] = {}
        self.unreadable = 0

    def count(self, fingerprint: str, plans: int) -> None:
        """Count plans, whether or not they are passed on."""
        self._plans[fingerprint] = self._plans.get(fingerprint, 0) + plans

    def observe(self, message: str, location: LogLocation) -> None:
        """Take in one auto_explain message."""
        head = _DURATION.match(message)
        plan = parse_plan(message[head.end() :]) if head is not None else None
        if head is None or plan is None:
            self.unreadable += 1
            return
        duration_us = int(head[1] + head[2])
        key = fingerprint(plan.query).value
        kept = self._kept.get(key)
        if kept is None:
            self._kept[key] = _Kept(duration_us, plan, location)
            return
        if duration_us > kept.duration_us:
            kept.duration_us, kept.plan, kept.location = duration_us, plan, location

    def observations(self) -> tuple[PlanObservation, ...]:
        """Return one plan per statement, in the order in which they first occurred."""
        return tuple(
            PlanObservation(
                statement=Statement(
                    fingerprint=key,
                    text=normalize(kept.plan.query),
                    shape=shape_of(kept.plan.query),
                ),
                plans=self._plans.get(key, 1),
                slowest_us=kept.duration_us,
                nodes=kept.plan.nodes,
                text=kept.plan.text,
                location=kept.location,
            )
            for key, kept in self._kept.items()
        )
