"""Accepted findings, by identity: what a baseline holds is not reported again."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from aegis_cli.model.errors import ConfigError
from aegis_cli.model.finding import Finding

SCHEMA = "aegis.baseline/1"

_HINT = "Write a new one with --write-baseline FILE."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An accepted finding; rule and message are there for people who read the file."""

    identity: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The entries of one baseline file, by identity."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def accepts(self, finding: Finding) -> bool:
        """Tell whether the finding was accepted earlier."""
        return finding.identity in self.entries

    def stale(self, findings: Iterable[Finding], codes: Collection[str]) -> tuple[Entry, ...]:
        """Return the entries of rules that ran (`codes`) but were not found again."""
        found = {each.identity for each in findings}
        return tuple(
            entry
            for identity, entry in self.entries.items()
            if identity not in found and entry.rule in codes
        )


def baseline_of(findings: Iterable[Finding]) -> Baseline:
    """Accept all these findings."""
    entries = {
        each.identity: Entry(identity=each.identity, rule=each.rule.code, message=each.message.en)
        for each in findings
    }
    return Baseline(entries=MappingProxyType(dict(sorted(entries.items()))))


def write_baseline(baseline: Baseline) -> str:
    """Return the file's text: sorted, one entry a line, so that a diff shows what changed."""
    lines = ",\n".join(f"    {_entry_line(each)}" for each in baseline.entries.values())
    body = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "schema": {json.dumps(SCHEMA)},\n  "findings": {body}\n}}\n'


def read_baseline(text: str, path: str) -> Baseline:
    """Parse a baseline file.

    Raises:
        ConfigError: it is no baseline, or one of a newer version.
    """
    try:
        document: object = json.loads(text)
    except ValueError as error:
        raise ConfigError(path, f"no baseline: {error}", _HINT) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ConfigError(path, f"no baseline this version reads ({SCHEMA})", _HINT)
    found: object = document.get("findings")
    if not isinstance(found, list):
        raise ConfigError(path, "findings: expected a list", _HINT)
    entries = [_entry(each, path, number) for number, each in enumerate(found)]
    return Baseline(entries=MappingProxyType({each.identity: each for each in entries}))


def _entry(value: object, path: str, number: int) -> Entry:
    fields = value if isinstance(value, dict) else {}
    identity, rule, message = (fields.get(key) for key in ("identity", "rule", "message"))
    if not (isinstance(identity, str) and isinstance(rule, str)):
        raise ConfigError(path, f"findings[{number}]: expected identity and rule", _HINT)
    return Entry(identity=identity, rule=rule, message=message if isinstance(message, str) else "")


def _entry_line(entry: Entry) -> str:
    fields = {"identity": entry.identity, "rule": entry.rule, "message": entry.message}
    return json.dumps(fields, ensure_ascii=False)
