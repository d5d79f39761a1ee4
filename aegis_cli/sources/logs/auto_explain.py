"""Read the plans that PostgreSQL's auto_explain writes into the log."""

import re
from dataclasses import dataclass
from enum import StrEnum

from aegis_cli.model.facts.log_events import PlanNode
from aegis_cli.sources.logs.plan_json import read_json_plan
from aegis_cli.sources.logs.plan_text import read_text_plan

_MAX_MESSAGE_CHARS = 8_000_000
"""A longer message is no plan that anybody could act on; it is refused, not cut."""
_HEAD = re.compile(r"\A(?:duration: [0-9.]+ ms {2})?plan:\s*\n")


class PlanFormat(StrEnum):
    """The values of `auto_explain.log_format`."""

    TEXT = "text"
    JSON = "json"
    XML = "xml"
    YAML = "yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPlan:
    """One plan, its nodes in preorder."""

    query: str
    """The statement as it ran, literals and all."""
    parameters: str | None
    """What PostgreSQL 16+ writes as `Query Parameters`, for example `$1 = '3'`."""
    nodes: tuple[PlanNode, ...]
    """Row numbers are per loop; without `log_analyze` there are no actual rows and 0 loops."""
    text: str
    """The plan without the query, literals masked."""


def parse_plan(text: str) -> ParsedPlan | None:
    """Parse the message of an auto_explain entry; None if it holds no readable plan.

    The message may begin with the duration, with `plan:` or with the plan itself.
    """
    body = _body(text)
    match _format_of(body):
        case PlanFormat.TEXT:
            found = read_text_plan(body)
        case PlanFormat.JSON:
            found = read_json_plan(body)
        case _:
            return None
    if found is None:
        return None
    query, parameters, nodes, masked = found
    return ParsedPlan(query=query, parameters=parameters, nodes=nodes, text=masked)


def plan_format(text: str) -> PlanFormat | None:
    """Tell in which format a message holds a plan, None if it holds none."""
    return _format_of(_body(text))


def why_unreadable(text: str) -> str | None:
    """Say why a plan cannot be read; None for a readable plan and for what is no plan."""
    found = plan_format(text)
    if found in (PlanFormat.XML, PlanFormat.YAML):
        return (
            f"the plan is in format {found}; AEGIS reads text and json "
            "(set auto_explain.log_format)"
        )
    if len(text) > _MAX_MESSAGE_CHARS:
        return f"the plan has {len(text)} characters, the limit is {_MAX_MESSAGE_CHARS}"
    if found is not None and parse_plan(text) is None:
        return "the plan is cut short or damaged"
    return None


def _body(text: str) -> str:
    """Return the message from the query on; empty when it is too long to be looked at."""
    head = _HEAD.match(text)
    body = text[head.end() :] if head else text
    return body if len(body) <= _MAX_MESSAGE_CHARS else ""


def _format_of(body: str) -> PlanFormat | None:
    start = body[:80].lstrip()
    if start.startswith("{"):
        return PlanFormat.JSON
    if start.startswith("<explain"):
        return PlanFormat.XML
    if not start.startswith("Query Text:"):
        return None
    return PlanFormat.YAML if re.search(r"^Plan: *$", body, re.MULTILINE) else PlanFormat.TEXT
