"""Find out from content what was put around a log."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from aegis_cli.sources.logs.head_tokens import SEVERITY_WORD
from aegis_cli.sources.logs.prefix_detection import detect_prefix
from aegis_cli.sources.logs.wrappers.cloudwatch import EVENTS, TAIL, CloudWatchLayer
from aegis_cli.sources.logs.wrappers.containers import CRI, DOCKER, ContainerLayer
from aegis_cli.sources.logs.wrappers.journal_export import JournalExportLayer
from aegis_cli.sources.logs.wrappers.json_kinds import kind_of
from aegis_cli.sources.logs.wrappers.json_records import Extract, JsonLayer, Record
from aegis_cli.sources.logs.wrappers.lines import Foreign, Layer, SourceLine
from aegis_cli.sources.logs.wrappers.stamps import StampLayer
from aegis_cli.sources.logs.wrappers.syslog import HEROKU, SYSLOG, SYSLOG_5424, SyslogLayer
from aegis_cli.sources.logs.wrappers.wrapper import Wrapper

_MAX_SAMPLE_BYTES = 1 << 20
_MAX_LINES = 1000
_MAX_RECORDS = 50
_MAX_LAYERS = 3
_MIN_SHARE = 0.5
_SERVER_NAMES = frozenset((b"postgres", b"postgresql"))
_OTHER_FORMATS = re.compile(
    rb'"error_severity"\s*:|,"?(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO)"?,'
)
_LINE_KINDS: tuple[tuple[str, re.Pattern[bytes], Callable[[], Layer]], ...] = (
    ("container", CRI, lambda: ContainerLayer(CRI)),
    ("container", DOCKER, lambda: ContainerLayer(DOCKER)),
    ("CloudWatch", EVENTS, lambda: CloudWatchLayer(EVENTS)),
)
_SYSLOG_KINDS = (("Heroku", HEROKU), ("syslog", SYSLOG), ("syslog", SYSLOG_5424))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    name: str
    make: Callable[[], Layer]


def detect_wrapper(sample: bytes, *, modified_at: datetime | None = None) -> Wrapper | None:
    """Return what was put around a log, None if nothing was.

    Args:
        sample: The beginning of the log, a megabyte is plenty.
        modified_at: When the file was last written; gives syslog's times their year.
            Without it, entries that have no other time have none.
    """
    lines = list(_whole_lines(sample[:_MAX_SAMPLE_BYTES]))
    kinds: list[_Kind] = []
    inner = lines
    while len(kinds) < _MAX_LAYERS and (kind := _recognise(inner)) is not None:
        kinds.append(kind)
        inner = _through([each.make() for each in kinds], lines)
    plain = b"\n".join(line.text for line in inner)
    if not kinds or not (SEVERITY_WORD.search(plain) or _OTHER_FORMATS.search(plain)):
        return None
    layers = [kind.make() for kind in kinds]
    stamps = _stamps(inner, plain, modified_at)
    name = " in ".join(dict.fromkeys(kind.name for kind in reversed(kinds)))
    return Wrapper(name, layers if stamps is None else [*layers, stamps])


def _whole_lines(sample: bytes) -> Iterator[SourceLine]:
    end = sample.rfind(b"\n") + 1 or len(sample)
    for number, text in enumerate(sample[:end].split(b"\n")):
        yield SourceLine(text.rstrip(b"\r"), number, len(text) + 1)


def _through(layers: Sequence[Layer], lines: list[SourceLine]) -> list[SourceLine]:
    """Unwrap the sample, to its end."""
    foreign = Foreign()
    for layer in layers:
        lines = [*layer.feed(lines, foreign), *layer.finish(foreign)]
    return lines


def _recognise(lines: Sequence[SourceLine]) -> _Kind | None:
    """Return the outermost layer around the lines."""
    texts = [line.text for line in islice(lines, _MAX_LINES)]
    texts = [text for text in texts if text.strip() and not text.startswith((b"\t", b" "))]
    if not texts:
        return None
    for name, pattern, make in _LINE_KINDS:
        if _share(pattern, texts) >= _MIN_SHARE:
            return _Kind(name=name, make=make)
    if any(EVENTS.match(text) for text in texts[:10]):
        return _Kind(name="CloudWatch", make=lambda: CloudWatchLayer(EVENTS))
    return _syslog(texts, lines) or _tail(texts) or _journal(texts) or _json(texts, lines)


def _share(pattern: re.Pattern[bytes], texts: Sequence[bytes]) -> float:
    return sum(pattern.match(text) is not None for text in texts) / len(texts)


def _syslog(texts: Sequence[bytes], lines: Sequence[SourceLine]) -> _Kind | None:
    """Recognise a syslog in which a server logs, under whatever name."""
    for name, pattern in _SYSLOG_KINDS:
        if _share(pattern, texts) < _MIN_SHARE:
            continue
        programs: Counter[bytes] = Counter()
        for line in lines:
            found = pattern.match(line.text)
            if found is not None and SEVERITY_WORD.search(found["text"]):
                is_server = b"LOG:  " in found["text"] or found["program"] in _SERVER_NAMES
                programs[found["program"]] += is_server
        names = frozenset(program for program, count in programs.items() if count)
        if names:
            return _Kind(name=name, make=_syslog_maker(pattern, names | _SERVER_NAMES))
    return None


def _syslog_maker(pattern: re.Pattern[bytes], names: frozenset[bytes]) -> Callable[[], Layer]:
    return lambda: SyslogLayer(pattern, names)


def _tail(texts: Sequence[bytes]) -> _Kind | None:
    # Further lines of a message stand bare in the output of `aws logs tail`.
    if not TAIL.match(texts[0]) or not any(TAIL.match(text) for text in texts[1:]):
        return None
    return _Kind(name="CloudWatch", make=lambda: CloudWatchLayer(TAIL))


def _journal(texts: Sequence[bytes]) -> _Kind | None:
    if texts[0].startswith((b"__CURSOR=", b"__REALTIME_TIMESTAMP=")):
        return _Kind(name="journal", make=JournalExportLayer)
    return None


def _json(texts: Sequence[bytes], lines: Sequence[SourceLine]) -> _Kind | None:
    """Recognise JSON by what most of the first records are."""
    if not texts[0].startswith((b"{", b"[")):
        return None
    votes: Counter[tuple[str, Extract]] = Counter()
    records = _records(lines)
    votes.update(kind for kind in map(kind_of, records) if kind is not None)
    if not votes:
        return None
    ((name, extract), _), *_ = votes.most_common(1)
    return _Kind(name=name, make=lambda: JsonLayer(extract))


def _records(lines: Sequence[SourceLine]) -> list[Record]:
    """Return the first records of a sample."""
    records: list[Record] = []

    def collect(record: Record) -> None:
        records.append(record)

    layer = JsonLayer(collect)
    for line in lines:
        list(layer.feed([line], Foreign()))
        if len(records) >= _MAX_RECORDS:
            break
    return records


def _stamps(
    lines: Sequence[SourceLine], plain: bytes, modified_at: datetime | None
) -> StampLayer | None:
    """Return a layer that adds what the inner prefix lacks and the wrapper knows."""
    detected = detect_prefix(plain)
    if detected is None:
        return None
    prefix = detected.prefix
    adds_time = not {"m", "t", "n"} & set(prefix.groups) and any(line.time for line in lines)
    adds_process = not prefix.tells_sessions and any(line.process for line in lines)
    if not adds_time and not adds_process:
        return None
    return StampLayer(adds_time=adds_time, adds_process=adds_process, modified_at=modified_at)
