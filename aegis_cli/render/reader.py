"""Reads a saved JSON report, so that it can be rendered again in any format."""

import json
import re
from datetime import datetime
from typing import Final, NoReturn

from aegis_cli.model.errors import SourceError
from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
)
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    Location,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.quantity import Basis, Quantity, Unit
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.render.json_fields import Node
from aegis_cli.render.json_report import SCHEMA_NAME
from aegis_cli.render.section_reader import read_section, shown_text

_SAVE_HINT: Final = "Save a report with `--format json --output FILE` and name that file."
_SCHEMA: Final = re.compile(r"aegis\.report/([0-9]{1,6})")


def read_report(text: str) -> Report:
    """Read a report that was saved as JSON.

    Every text of the result reads alike in all languages: the one the report was saved in.

    Raises:
        SourceError: the text is no JSON, no AEGIS report, or one of a newer schema.
    """
    root = Node(value=_decode(text), path="")
    _check_schema(root)
    rules = {rule.code: rule for rule in root.at("rules").each(_rule)}
    return Report(
        command=root.at("command").text(),
        inputs=root.at("inputs").each(Node.text),
        started_at=_moment(root.at("started_at")),
        elapsed_s=root.at("elapsed_s").number(),
        findings=root.at("findings").each(lambda node: _finding(node, rules)),
        sections=root.at("sections").each(read_section),
        skipped=root.at("skipped").each(_skipped),
        partial=root.at("partial").flag(),
    )


def _decode(text: str) -> object:
    """Decode JSON of whatever shape."""
    try:
        # ValueError covers broken JSON and integers of absurd length alike.
        document: object = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise SourceError("report", f"not JSON that AEGIS can read: {error}", _SAVE_HINT) from error
    return document


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which are no JSON."""
    message = f"{name} is no JSON number"
    raise ValueError(message)


def _check_schema(root: Node) -> None:
    """Refuse documents that are no report, or one this version cannot read."""
    schema = root.value.get("schema") if isinstance(root.value, dict) else None
    if schema == SCHEMA_NAME:
        return
    known = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if known is None:
        raise SourceError("report", "JSON, but not a report of AEGIS", _SAVE_HINT)
    raise SourceError(
        "report",
        f"has the schema {known.group()}, this AEGIS reads {SCHEMA_NAME}",
        "Render it with the version of AEGIS that wrote it, or upgrade this one.",
    )


def _moment(node: Node) -> datetime:
    """Read a point in time."""
    try:
        return datetime.fromisoformat(node.text())
    except ValueError as error:
        raise node.wrong("a time such as 2026-01-31T12:00:00+00:00") from error


def _rule(node: Node) -> Rule:
    """Read a rule."""
    return Rule(
        code=node.at("code").text(),
        name=node.at("name").text(),
        section=node.at("section").text(),
        title=shown_text(node.at("title")),
        severity=node.at("severity").choice(Severity),
        confidence=node.at("confidence").choice(Confidence),
        since=node.at("since").optional_text() or "",
        aliases=node.at("aliases").each(Node.text),
    )


def _rule_from_finding(node: Node) -> Rule:
    """Rebuild a rule from a finding, for reports that do not list their rules."""
    return Rule(
        code=node.at("rule").text(),
        name=node.at("name").text(),
        section=node.at("section").text(),
        title=shown_text(node.at("name")),
        severity=node.at("severity").choice(Severity),
        confidence=node.at("confidence").choice(Confidence),
        since="",
    )


def _finding(node: Node, rules: dict[str, Rule]) -> Finding:
    """Read a finding."""
    rule = rules.get(node.at("rule").text())
    return Finding(
        rule=_rule_from_finding(node) if rule is None else rule,
        message=shown_text(node.at("message")),
        severity=node.at("severity").choice(Severity),
        confidence=node.at("confidence").choice(Confidence),
        identity=node.at("identity").text(),
        locations=node.at("locations").each(_location),
        evidence=node.at("evidence").each(_evidence),
        impact=_impact(node.at("impact")),
        fix=_fix(node.at("fix")),
    )


def _location(node: Node) -> Location:
    """Read a location of any kind."""
    kind = node.at("kind")
    match kind.text():
        case "code":
            return CodeLocation(
                path=node.at("path").text(),
                line=node.at("line").optional_integer(),
                function=node.at("function").optional_text(),
            )
        case "log":
            return LogLocation(
                path=node.at("path").text(),
                line=node.at("line").integer(),
                at=node.at("at").optional_text(),
            )
        case "object":
            return ObjectLocation(
                server=node.at("server").text(),
                kind=node.at("object_kind").text(),
                name=node.at("name").text(),
            )
        case "endpoint":
            return EndpointLocation(method=node.at("method").text(), url=node.at("url").text())
        case _:
            raise kind.wrong("one of 'code', 'log', 'object', 'endpoint'")


def _evidence(node: Node) -> Evidence:
    """Read evidence of any kind."""
    kind = node.at("kind")
    match kind.text():
        case "measurement":
            return _measurement(node)
        case "query":
            return QuerySample(
                role=node.at("role").text(),
                fingerprint=node.at("fingerprint").text(),
                statement=node.at("statement").text(),
            )
        case "snippet":
            return CodeSnippet(
                title=node.at("title").text(),
                language=node.at("language").text(),
                text=node.at("text").text(),
            )
        case "plans":
            return _plans(node)
        case _:
            raise kind.wrong("one of 'measurement', 'query', 'snippet', 'plans'")


def _measurement(node: Node) -> Measurement:
    """Read a measurement."""
    return Measurement(
        name=node.at("name").text(),
        quantity=Quantity(value=node.at("value").number(), unit=node.at("unit").choice(Unit)),
        basis=node.at("basis").choice(Basis),
        detail=node.at("detail").optional_text() or "",
    )


def _plans(node: Node) -> PlanComparison:
    """Read two plans of a statement."""
    return PlanComparison(
        fingerprint=node.at("fingerprint").text(),
        statement=node.at("statement").text(),
        cost_before=node.at("cost_before").number(),
        cost_after=node.at("cost_after").number(),
        cost_unit=_cost_unit(node),
        plan_before=node.at("plan_before").optional_text() or "",
        plan_after=node.at("plan_after").optional_text() or "",
        basis=node.at("basis").choice(Basis),
    )


def _impact(node: Node) -> Impact:
    """Read an impact."""
    return Impact(
        basis=node.at("basis").choice(Basis),
        time_saved_ms=node.at("time_saved_ms").optional_number(),
        calls_saved=node.at("calls_saved").optional_integer(),
        bytes_saved=node.at("bytes_saved").optional_integer(),
        rows_saved=node.at("rows_saved").optional_integer(),
        cost_saved=node.at("cost_saved").optional_number(),
        cost_unit=_cost_unit(node),
    )


def _cost_unit(node: Node) -> Unit:
    """Read what a cost counts, which reports of early versions do not tell."""
    return node.at("cost_unit").choice(Unit) if node.has("cost_unit") else Unit.COST


def _fix(node: Node) -> Fix:
    """Read a fix."""
    return Fix(
        summary=shown_text(node.at("summary")),
        kind=node.at("kind").choice(FixKind),
        text=node.at("text").text(),
        recheck=node.at("recheck").text(),
    )


def _skipped(node: Node) -> Skipped:
    """Read something that could not be examined."""
    return Skipped(
        subject=node.at("subject").text(),
        reason=shown_text(node.at("reason")),
        hint=shown_text(node.at("hint")),
    )
