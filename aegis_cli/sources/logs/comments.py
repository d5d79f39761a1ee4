"""Separate the comments that frameworks add to statements from the statements."""

from aegis_cli.sqltext.comments import stable

_OPEN, _CLOSE = b"/*", b"*/"
_MAX_TAGS = 20_000
NO_TAG = -1


class TagIndex:
    """Numbers distinct comments, trace ids left out; every parser of a log has its own."""

    __slots__ = ("_numbers", "_texts", "fresh")

    def __init__(self) -> None:
        """Start without any comment."""
        self._numbers: dict[str, int] = {}
        self._texts: dict[bytes, int] = {}
        self.fresh: list[str] = []
        """Comments met since somebody last took them."""

    def number(self, comment: bytes) -> int:
        """Return the number of a comment; -1 when too many differ to be attributions."""
        number = self._texts.get(comment)
        if number is None:
            number = self._learn(stable(comment.decode("utf-8", "replace")))
            if len(self._texts) >= _MAX_TAGS:
                self._texts.clear()
            self._texts[comment] = number
        return number

    def _learn(self, tag: str) -> int:
        number = self._numbers.get(tag)
        if number is None:
            if len(self._numbers) >= _MAX_TAGS:
                return NO_TAG
            number = self._numbers[tag] = len(self._numbers)
            self.fresh.append(tag)
        return number


def split_comment(text: bytes) -> tuple[bytes, bytes]:
    """Return a statement without the comment at its end or start, and that comment.

    A comment anywhere else stays where it is.
    """
    body = text.rstrip(b" \n\t;")
    if body.endswith(_CLOSE):
        at = body.rfind(_OPEN)
        if at > 0:
            return body[:at].rstrip(), body[at + 2 : -2]
    if text.startswith(_OPEN):
        end = text.find(_CLOSE)
        if end > 0 and text.find(_OPEN, 2, end) < 0:
            return text[end + 2 :].lstrip(), text[2:end]
    return text, b""
