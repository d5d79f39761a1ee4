"""Evidence as plain lines, for the formats that have no structure of their own."""

from typing import assert_never

from aegis_cli.model.evidence import CodeSnippet, Evidence, Measurement, QuerySample
from aegis_cli.model.text import Language
from aegis_cli.render.wording import measurement_name, measurement_value


def evidence_lines(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Return a piece of evidence as lines of plain text."""
    match evidence:
        case Measurement():
            detail = f", {evidence.detail}" if evidence.detail else ""
            name, value = measurement_name(evidence), measurement_value(evidence, language)
            return (f"{name}: {value}{detail}",)
        case QuerySample():
            return (f"{evidence.role} {evidence.fingerprint}: {evidence.statement}",)
        case CodeSnippet():
            return (f"{evidence.title}:", *evidence.text.splitlines())
        case _:
            assert_never(evidence)
