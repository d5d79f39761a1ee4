"""Turn a message with line breaks into lines as the server's stderr would have them."""

from collections.abc import Iterator

from aegis_cli.sources.logs.head_tokens import SEVERITY_WORD
from aegis_cli.sources.logs.wrappers.lines import SourceLine


def split_message(line: SourceLine) -> Iterator[SourceLine]:
    """Yield the lines of a message; the first one accounts for all of its bytes.

    Lines after the first start with a tab, as on stderr, where a cloud has removed it;
    those with a severity word of their own are entries.
    """
    text = line.text.rstrip(b"\r\n")
    if b"\n" not in text:
        yield line._replace(text=text)
        return
    first, *others = text.split(b"\n")
    yield line._replace(text=first)
    for other in others:
        own = other if other.startswith(b"\t") or SEVERITY_WORD.search(other) else b"\t" + other
        yield line._replace(text=own.rstrip(b"\r"), size=0)
