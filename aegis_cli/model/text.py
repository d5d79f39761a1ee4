"""Text shown to people, in the languages AEGIS speaks."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of messages, rule pages and guide cards."""

    EN = "en"
    KO = "ko"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One message in every language; codes and JSON keys are never translated."""

    en: str
    ko: str

    def pick(self, language: Language) -> str:
        """Return the message in one language."""
        return self.ko if language is Language.KO else self.en

    @classmethod
    def same(cls, text: str) -> "Text":
        """Build a message that reads alike in every language, such as a name or DDL."""
        return cls(en=text, ko=text)
