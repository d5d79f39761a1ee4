"""The identity of a rule; its page holds why, remedy and cautions."""

from dataclasses import dataclass

from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A code that is stable for ever and a name that people type."""

    code: str
    name: str
    section: str
    """The guide's section, such as `1.1`."""
    title: Text
    severity: Severity
    confidence: Confidence
    since: str
    """The version that brought the rule."""
    aliases: tuple[str, ...] = ()

    def answers_to(self, selector: str) -> bool:
        """Tell whether a code, name, alias, section or code prefix names this rule."""
        wanted = selector.strip()
        upper = wanted.upper()
        return (
            wanted in (self.name, self.section, *self.aliases)
            or upper == "ALL"
            or (upper.startswith(self.code[:3]) and self.code.startswith(upper))
        )
