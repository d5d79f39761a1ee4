"""What users type, get wrong and pipe: each ends with a message, an exit code and no traceback."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from tests.integration.index_advise.conftest import QUERIES, Told, run_advise
from tests.integration.postgres.targets import Target

WIDTH = 80
INDEX = "posts_author_id_published_at_idx"


@pytest.fixture(scope="module")
def saved(blog: Target, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a snapshot: most of these tests need no server."""
    path = tmp_path_factory.mktemp("command_line") / "blog.json"
    told = run_advise(QUERIES, "--dsn", blog.dsn, "--save-snapshot", path)
    assert told.code == 0, told.err
    return path


def aegis(*arguments: str | Path, stdin: str = "", **environment: str) -> Told:
    """Run the command as it is typed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AEGIS_")}
    done = subprocess.run(
        [sys.executable, "-m", "aegis_cli", "index-advise", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**kept, "AEGIS_LANG": "en", **environment},
    )
    assert "Traceback" not in done.stderr
    return Told(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "nothing to advise on"),
        (("--dsn", ""), 2, "the connection string is empty"),
        (("--dsn", "redis://h"), 2, "no database that AEGIS advises on"),
        (("--dsn", "postgresql://h/d", "--snapshot", "f"), 2, "stands for the database"),
        (("--snapshot", "f", "--what-if", "hypopg"), 2, "answers on a live database"),
        (("--dsn", "dbname=d", "--redact"), 2, "only a snapshot that is saved"),
        (("--dsn", "dbname=d", "--budget", "lots"), 2, "is no size"),
        (("--dsn", "dbname=d", "--time-limit", "0"), 2, "not in the range"),
        (("--dsn", "dbname=d", "--format", "poem"), 2, "unknown format"),
        (("--dsn", "dbname=d", "--select", "AEG9999"), 2, "AEG9999"),
        (("--bogus",), 2, "No such option"),
        (("-", "--dsn", "-"), 2, "cannot bring both"),
        (("--dsn", "-"), 2, "stdin is empty"),
        (("--dsn", "service=nosuch"), 3, "definition of service"),
        (("--dsn", "host=127.0.0.1 port=1 dbname=d"), 3, "Connection refused"),
        (("--dsn", "host=nosuch.invalid dbname=d"), 3, "Check the spelling of the host"),
        (("--snapshot", "nosuch.json", "-"), 3, "nosuch.json"),
        (("nosuch.sql", "--snapshot", "f"), 3, "nosuch.sql"),
    ],
)
def test_a_mistake_is_told_on_stderr(arguments: tuple[str, ...], code: int, message: str) -> None:
    told = aegis(*arguments)

    assert (told.code, told.out) == (code, "")
    assert message in told.err


def test_a_wrong_password_is_told_and_never_shown(blog: Target) -> None:
    told = aegis(QUERIES, "--dsn", make_dsn(blog.dsn, password="hush hush"))

    assert told.code == 3
    assert "password authentication failed" in told.err
    assert "Check user and password" in told.err
    assert "hush" not in told.err


def test_the_password_is_in_no_report(blog: Target) -> None:
    parts = parse_dsn(blog.dsn)
    password = str(parts["password"])
    url = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**parts)

    told = aegis(QUERIES, "--dsn", url, "--format", "html")

    assert told.code == 0, told.err
    assert password not in told.out + told.err


def test_the_target_comes_from_the_environment_stdin_or_a_service(
    blog: Target, advised: Told, tmp_path: Path
) -> None:
    services = tmp_path / "pg_service.conf"
    parts = parse_dsn(blog.dsn)
    lines = [f"{name}={value}" for name, value in parts.items()]
    services.write_text("\n".join(["[blog]", *lines, ""]), "utf-8")

    found = [
        run_advise(QUERIES, AEGIS_DSN=blog.dsn),
        run_advise(QUERIES, "--dsn", "-", stdin=f"{blog.dsn}\n"),
        run_advise(QUERIES, "--dsn", "service=blog", PGSERVICEFILE=str(services)),
    ]

    assert [each.err for each in found] == [""] * 3
    assert all(each.rows("indexes") == advised.rows("indexes") for each in found)


def test_a_reader_who_leaves_early_is_no_error(saved: Path) -> None:
    command = [sys.executable, "-m", "aegis_cli", "index-advise", str(QUERIES)]
    with subprocess.Popen(
        [*command, "--snapshot", str(saved), "--format", "html"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        err = process.stderr.read()

    assert (process.returncode, err) == (0, b"")


def test_text_fits_a_terminal_of_80_columns(saved: Path) -> None:
    told = aegis(QUERIES, "--snapshot", saved, COLUMNS=str(WIDTH))

    assert told.code == 0, told.err
    assert [each for each in told.out.splitlines() if len(each) > WIDTH] == []
    assert INDEX in told.out
    # A planner's cost has no unit of time.
    assert re.search(r"\b(faster|speed|slower)\b", told.out) is None


@pytest.mark.parametrize(("environment", "is_coloured"), [({"NO_COLOR": "1"}, False), ({}, True)])
def test_no_color_is_respected(
    saved: Path, environment: dict[str, str], *, is_coloured: bool
) -> None:
    reader, writer = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "aegis_cli", "index-advise", str(QUERIES), "--snapshot", str(saved)],
        stdout=writer,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", **environment},
    ) as process:
        os.close(writer)
        shown = _all_of(reader)

    assert process.returncode == 0
    assert (re.search(rb"\x1b\[[0-9;]*3[0-9]", shown) is not None) is is_coloured


def _all_of(reader: int) -> bytes:
    shown = b""
    while True:
        try:
            more = os.read(reader, 65_536)
        except OSError:  # how a terminal says that its other end is closed
            more = b""
        if not more:
            os.close(reader)
            return shown
        shown += more


def test_korean_is_spoken(saved: Path) -> None:
    told = aegis(QUERIES, "--snapshot", saved, "--lang", "ko", "--only", "nosuch")

    assert "이 이름의 테이블이 없습니다" in told.out


@pytest.mark.parametrize("kind", ["markdown", "html", "sarif", "junit"])
def test_every_format_names_the_index_and_the_cost(saved: Path, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "report"

    told = aegis(QUERIES, "--snapshot", saved, "--format", kind, "--output", path)

    assert (told.code, told.out, told.err) == (0, "", "")
    text = path.read_text("utf-8")
    assert INDEX in text
    assert "planner cost" in text
    if kind == "sarif":
        json.loads(text)
    elif kind == "html":
        assert "Seq Scan on posts" in text
        assert f"using {INDEX}" in text
    elif kind == "junit":
        ET.fromstring(text)  # noqa: S314 - our own


def test_findings_fail_a_build_when_asked_to(saved: Path) -> None:
    assert aegis(QUERIES, "--snapshot", saved, "--fail-on", "high").code == 1


def test_help_names_every_way_in() -> None:
    told = aegis("--help")

    assert told.code == 0
    for option in ("--dsn", "--snapshot", "--twin-bindir", "--what-if", "--verify", "AEGIS_DSN"):
        assert option in told.out
