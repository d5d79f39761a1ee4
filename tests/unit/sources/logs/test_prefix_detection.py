"""Prefixes are found from content: names, identities and times as with the true template."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aegis_cli.sources.logs.entries import Session
from aegis_cli.sources.logs.head_tokens import SEVERITY_WORD
from aegis_cli.sources.logs.known_prefixes import KNOWN_TEMPLATES
from aegis_cli.sources.logs.line_prefix import Head, Piece, compile_prefix, parse_template
from aegis_cli.sources.logs.prefix_detection import detect_prefix

RECORDED = Path(__file__).parents[3] / "data" / "logs"
TEMPLATES: Mapping[str, str] = json.loads((RECORDED / "prefixes.json").read_text("utf-8"))
START_S = 1_795_464_000
NAMES = {
    "u": ("alice", "bob", "svc_web", "web-app", "al ice"),
    "d": ("shop", "crm", "metrics", "shop.eu"),
    "a": ("psql", "PostgreSQL JDBC Driver", "gunicorn: worker [shop]", "my-app", "sidekiq 7"),
    "i": ("SELECT", "INSERT", "idle in transaction", "CREATE TABLE", "BIND"),
    "Q": ("0", "-1234567890123456789", "8123456789012345678"),
    "e": ("00000", "00000", "00000", "23505", "42P01"),
}


@dataclass(kw_only=True)
class Process:
    """A process of the server we imagine; a background process has no names."""

    number: int
    names: Mapping[str, str] = field(default_factory=dict)
    lines: int = 0

    def value(self, letter: str, now_s: float, chance: random.Random) -> str:
        """Return what an escape writes for this process."""
        pid, started = 900 + self.number * 37, START_S - 500 + self.number * 9
        if letter in {"Q", "e"}:
            return chance.choice(NAMES[letter])
        if letter == "i" and self.names:
            return chance.choice(NAMES[letter])
        known = {
            "m": clock(now_s, milliseconds=True),
            "t": clock(now_s, milliseconds=False),
            "n": f"{now_s:.3f}",
            "s": clock(started, milliseconds=False),
            "p": str(pid),
            "c": f"{started:x}.{pid:x}",
            "l": str(self.lines),
            "x": str(chance.choice((0, 0, 0, 8123 + self.lines))),
            "v": f"{self.number}/{self.lines + 2}" if self.names else "",
            "b": "client backend" if self.names else "checkpointer",
            "L": "10.0.0.1" if self.names else "[none]",
        }
        return known.get(letter, self.names.get(letter, ""))


def clock(at_s: float, *, milliseconds: bool) -> str:
    """Write a time as the server does."""
    text = datetime.fromtimestamp(at_s, UTC).isoformat(" ", "milliseconds")
    return f"{text[: 23 if milliseconds else 19]} UTC"


def write_log(template: str, seed: int, lines: int = 250, *, spaces: bool = False) -> bytes:
    """Write a log of clients and a checkpointer under a template."""
    chance = random.Random(seed)  # noqa: S311  a reproducible log
    clients = [client(number, chance, spaces=spaces) for number in range(2, 14)]
    checkpointer = Process(number=1)
    unannounced = list(clients)
    now_s = float(START_S)
    text = []
    for _ in range(lines):
        now_s += chance.choice((0.004, 0.7, 2.5))
        process = checkpointer if chance.random() < 0.1 else chance.choice(clients)
        message = "duration: 0.120 ms  statement: select 1\n\tfrom t"
        if process is checkpointer:
            message = "checkpoint starting: time"
        elif process in unannounced:
            unannounced.remove(process)
            names = process.names
            message = f"connection authorized: user={names['u']} database={names['d']}"
            message += f" application_name={names['a']}"
        process.lines += 1
        text.append(prefix_text(template, process, now_s, chance) + "LOG:  " + message + "\n")
    return "".join(text).encode()


def client(number: int, chance: random.Random, *, spaces: bool) -> Process:
    """Imagine a client's session."""
    names = {letter: chance.choice(NAMES[letter]) for letter in "uda"}
    if not spaces:
        names = {
            letter: name.split(" ", maxsplit=1)[0].strip(":") for letter, name in names.items()
        }
    host = f"10.0.{number}.{chance.randrange(1, 250)}"
    return Process(number=number, names={**names, "h": host, "r": f"{host}({40000 + number})"})


def prefix_text(template: str, process: Process, now_s: float, chance: random.Random) -> str:
    """Write the prefix of one line."""
    always, optional = parse_template(template)
    pieces = always + optional if process.names else always
    return "".join(padded(piece, process, now_s, chance) for piece in pieces)


def padded(piece: Piece, process: Process, now_s: float, chance: random.Random) -> str:
    """Write one piece of a prefix."""
    if not piece.letter:
        return piece.text
    text = process.value(piece.letter, now_s, chance)
    return text.rjust(piece.padding) if piece.padding > 0 else text.ljust(-piece.padding)


Told: TypeAlias = tuple[int, str, str, str] | None


def told(template: str, log: bytes) -> list[Told]:
    """Return time, identity, user and database of each line as a template reads them."""
    prefix = compile_prefix(template)
    lines = [SEVERITY_WORD.split(line, 1) for line in log.splitlines() if line[:1] != b"\t"]
    heads = [prefix.match(parts[0]) for parts in lines if len(parts) > 1]
    return [None if head is None else told_by(head) for head in heads]


def told_by(head: Head) -> Told:
    """Return what must not depend on how the prefix was found."""
    session = head.session
    return head.at_us, session.identity, session.user, session.database


@pytest.mark.parametrize("template", KNOWN_TEMPLATES)
def test_recognises_known_settings(template: str) -> None:
    log = write_log(template, seed=1, spaces=True)

    detected = detect_prefix(log)

    assert detected is not None
    assert (detected.prefix.template, detected.share) == (template, 1.0)


@pytest.mark.parametrize(
    "template",
    [
        "%m|%p|%l|%u|%d|%a|%h|",
        "[%l] %p %c %m ",
        "%n %p %q%d/%u ",
        "%-12u|%-8d|%m [%p] ",
        "%10p %m ",
        "%m %u %d %r %i [%p] ",
        "%e %x %Q %p %m ",
        "srv1 %m [%p] %q%u@%d ",
        "%u@%d ",
        "%a %m ",
        "%p%%%l %u %d ",
        "(%s) %t <%c> {%v} %b %q%r %L ",
        "db=%d %m user=%u pid=%p %x ",
    ],
)
def test_infers_other_settings(template: str) -> None:
    log = write_log(template, seed=2)

    detected = detect_prefix(log)

    assert detected is not None
    assert (detected.prefix.template, detected.share) == (template, 1.0)


KEYS = {"u": "user=", "d": "db=", "a": "app=", "p": "pid=", "h": "client=", "l": "line="}
SEPARATORS = (" ", ", ", "|", ";", " - ", "] [")


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Draw a template in which every number stands beside what tells its meaning.

    Left out, because nothing tells them apart: counters and transaction ids without a
    process id, a session's start without the time, numbers with `/` or `.` between them.
    """
    letters = draw(st.permutations([*draw(st.sampled_from((["m"], ["t"], ["n"], ["m", "s"])))]))
    letters += draw(st.sampled_from((["p"], ["c"], ["p", "c"], ["p", "l"], ["p", "x", "Q"])))
    letters += draw(st.lists(st.sampled_from("udavehib"), unique=True, max_size=6))
    letters = draw(st.permutations(letters))
    separator = draw(st.sampled_from(SEPARATORS))
    with_keys = draw(st.booleans())
    parts = [(KEYS.get(letter, "") if with_keys else "") + f"%{letter}" for letter in letters]
    cut = draw(st.integers(min_value=0, max_value=len(parts)))
    if cut and not set("".join(parts[:cut])) & set("udahi") and cut < len(parts):
        parts[cut] = "%q" + parts[cut]
    start, end = draw(st.sampled_from((("", " "), ("[", "] "), ("<", ">"), ("srv: ", ": "))))
    return start + separator.join(parts) + end


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(template=templates(), seed=st.integers(min_value=0, max_value=5))
def test_reads_like_the_true_template(template: str, seed: int) -> None:
    log = write_log(template, seed)

    detected = detect_prefix(log)

    assert detected is not None
    assert detected.share == 1.0
    assert told(detected.prefix.template, log) == told(template, log)


@pytest.mark.parametrize(("name", "template"), TEMPLATES.items())
def test_reads_a_real_log_like_its_setting(name: str, template: str) -> None:
    log = (RECORDED / f"prefix-{name}.log").read_bytes()

    detected = detect_prefix(log)

    assert detected is not None
    assert detected.share == 1.0
    assert told(detected.prefix.template, log) == told(template, log)


def test_connection_lines_tell_the_database_from_the_user() -> None:
    log = write_log("%m [%p] %q%d@%u ", seed=3)

    detected = detect_prefix(log)

    assert detected is not None
    assert detected.prefix.template == "%m [%p] %q%d@%u "


def test_garbage_and_further_lines_of_messages_do_not_count() -> None:
    log = write_log("%m [%p] %q%u@%d ", seed=4)
    sample = b"\x00\xff\x80 binary\n\tLOG:  in a message\n" + log + b"2026-11-23 20:00:0"

    detected = detect_prefix(sample)

    assert detected is not None
    assert (detected.prefix.template, detected.share) == ("%m [%p] %q%u@%d ", 1.0)


def test_the_share_counts_lines_of_another_prefix() -> None:
    log = write_log("%m [%p] ", seed=5, lines=90) + write_log("%u %c: ", seed=5, lines=10)

    detected = detect_prefix(log)

    assert detected is not None
    assert (detected.prefix.template, detected.share) == ("%m [%p] ", 0.9)


def test_an_application_name_of_several_words_is_one_name() -> None:
    lines = (
        f"2026-11-23 20:00:{second:02}.000 UTC [{4000 + second}] alice shop "
        "PostgreSQL JDBC Driver 10.0.0.1(4711) LOG:  duration: 1.000 ms"
        for second in range(50)
    )

    detected = detect_prefix("\n".join(lines).encode())

    assert detected is not None
    head = detected.prefix.match(next(iter(_heads(lines_of=detected.prefix.template))))
    assert head is not None
    assert head.session == Session(
        identity="4000",
        user="alice",
        database="shop",
        application="PostgreSQL JDBC Driver",
        host="10.0.0.1",
    )


def _heads(lines_of: str) -> list[bytes]:
    assert lines_of == "%m [%p] %u %d %a %r "
    return [b"2026-11-23 20:00:00.000 UTC [4000] alice shop PostgreSQL JDBC Driver 10.0.0.1(4711) "]


@pytest.mark.parametrize(
    "sample",
    [b"", b"\n\n", b"\x00" * 500, b"hello\nworld\n", b"ERROR:  of some program\n" * 20],
)
def test_other_text_has_no_prefix(sample: bytes) -> None:
    assert detect_prefix(sample) is None


@given(sample=st.binary(max_size=400))
def test_never_fails(sample: bytes) -> None:
    detected = detect_prefix(b"LOG:  x\n" + sample + b"LOG:  y\n")

    assert detected is None or 0.5 <= detected.share <= 1.0


def test_looks_at_both_ends_of_a_long_sample() -> None:
    middle = b"".join(b"other %d LOG:  m\n" % each for each in range(1000))
    begin = b"".join(b"2026-11-23 20:00:00.%03d UTC [77] LOG:  a\n" % each for each in range(150))
    end = b"".join(b"2026-11-23 20:00:01.%03d UTC [78] LOG:  z\n" % each for each in range(100))

    found = detect_prefix(begin + middle + end)

    assert found is not None
    assert (found.prefix.template, found.share) == ("%m [%p] ", 1.0)


def test_a_template_needs_its_literal_text_in_one_head_and_in_order() -> None:
    sample = b"] 12 [ LOG:  a\n" * 20

    found = detect_prefix(sample)

    assert found is None or "[%p]" not in found.prefix.template
