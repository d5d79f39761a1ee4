"""Connections that a program leaves open are counted at the line that opened them."""

from aegis_cli.model.facts.connections import ConnectionsLeftOpen
from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.sources.captured.left_open import left_open
from tests.integration.runtime.conftest import Follow, Followed

PROGRAM = """\
import contextlib, sqlite3

KEPT = []

def leaking(number):
    connection = sqlite3.connect("shop.db")  # leaks
    with connection:
        connection.execute("SELECT 1").fetchall()
    KEPT.append(connection)

def closing(number):
    with contextlib.closing(sqlite3.connect("shop.db")) as connection:
        connection.execute("SELECT 1").fetchall()

def in_memory(number):
    KEPT.append(sqlite3.connect(":memory:"))

for number in range(30):
    for work in (leaking, closing, in_memory):
        work(number)
"""


def leaks(followed: Followed) -> list[ConnectionsLeftOpen]:
    """Return what the process of a program left open."""
    read = read_queries(followed.process, str(followed.folder))
    assert read is not None
    return list(left_open(read))


def test_counts_what_is_never_closed_by_its_line(follow: Follow) -> None:
    followed = follow(PROGRAM, part="sqlcapture")

    (found,) = leaks(followed)

    code = found.attribution.code
    assert code is not None
    assert "# leaks" in followed.sources.line(code)
    assert (found.driver, found.opened, found.left_open) == ("sqlite3", 30, 30)
