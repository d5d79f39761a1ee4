"""Leaks are found; what warms up, what is emptied and what is only loaded stays silent."""

from aegis_cli.engine.detector import RunContext
from aegis_cli.model.facts.memory import CollectorUse, ContainerGrowth
from aegis_cli.profiling.analysis.memory import (
    collector_use,
    container_growths,
    cycle_classes,
    resident_memory,
)
from aegis_cli.rules.runtime.unbounded_cache import UnboundedCache, UnboundedCacheOptions
from tests.integration.runtime.conftest import Follow, Followed

# Counts rounds, not time: between two looks at the sizes there is always something new.
CONTAINERS = """\
import collections, functools, time

CACHE = {}
WARM = {}
SAW = {}
RECENT = collections.deque(maxlen=500)

class Registry:
    seen = set()

    def __init__(self):
        self.data = collections.OrderedDict()

REGISTRY = Registry()

@functools.lru_cache(maxsize=None)
def square(number):
    return number * number

@functools.lru_cache(maxsize=200)
def cube(number):
    return number ** 3

def serve(number):
    CACHE[number] = str(number)  # grows
    WARM[number % 300] = number
    SAW[number] = number
    if len(SAW) > 3000:
        SAW.clear()
    RECENT.append(number)
    REGISTRY.data[number] = number
    Registry.seen.add(number)
    square(number)
    cube(number)

number = 0
end = time.monotonic() + 4.2
while time.monotonic() < end:
    for _ in range(20):
        number += 1
        serve(number)
    time.sleep(0.002)
"""
COLLECTOR = """\
import gc

class Node:
    def __init__(self, parent=None):
        self.children = []
        self.parent = parent
        if parent is not None:
            parent.children.append(self)

def tree():
    root = Node()
    for _ in range(10):
        Node(root)

def work():
    for _ in range(1000):
        tree()
    gc.collect()  # called

for _ in range(30):
    work()
"""


LASTING = (
    COLLECTOR
    + """
import time

end = time.monotonic() + 1
while time.monotonic() < end:
    work()
"""
)


def growths(followed: Followed) -> dict[str, ContainerGrowth]:
    """Return the containers that could be followed, by name."""
    return {each.name: each for each in container_growths(followed.records, followed.sources)}


def test_finds_what_only_grows_and_nothing_else(follow: Follow) -> None:
    found = growths(follow(CONTAINERS))

    # How fast it grows is up to the machine; that it goes on growing is not.
    detector = UnboundedCache(
        UnboundedCacheOptions(min_late_share=0.05), RunContext(recheck="aegis profile")
    )
    told = {name for name, each in found.items() if list(detector.observe(each))}
    assert told == {"CACHE", "Registry.seen", "REGISTRY.data", "square"}
    assert "# grows" in found["CACHE"].source
    assert found["square"].misses == found["square"].entries_last
    assert found["SAW"].is_ever_emptied
    assert not found["WARM"].is_steady


def collector_of(followed: Followed) -> CollectorUse:
    """Return what the collector of a program did."""
    found = collector_use(followed.records, followed.sources, followed.process.process.cpu_s)
    assert found is not None
    return found


def test_tells_calls_of_the_collector_from_its_own_work(follow: Follow) -> None:
    followed = follow(COLLECTOR)

    found = collector_of(followed)

    (called,) = found.manual
    assert called.count == 30
    assert "# called" in called.source
    # Each tree of 11 nodes is a cycle with its dictionaries and lists; none survives its round.
    assert found.objects >= 30 * 1000 * 11
    assert found.own_us > 0


def test_names_the_class_whose_objects_die_in_cycles(follow: Follow) -> None:
    followed = follow(LASTING)

    (found,) = cycle_classes(followed.records, collector_of(followed))

    assert found.name == "Node"
    assert found.share > 0.5
    assert found.place.path == "app.py"


def test_follows_the_resident_memory(follow: Follow) -> None:
    followed = follow("kept = b'x' * 80_000_000\n")

    found = resident_memory(followed.records)

    assert found is not None
    assert found.points[-1][1] > 80_000_000
    assert found.peak_bytes >= found.points[0][1]


def test_containers_of_libraries_are_none_of_ours(follow: Follow) -> None:
    text = (
        "import json, sys, time\nsys.modules['json'].KEPT = {n: n for n in range(5000)}\n"
        "MINE = [0] * 5000\n"
    )

    records = follow(text).records

    assert [row[3] for row in records.mixed("containers")] == ["MINE"]


def test_odd_objects_of_a_module_do_not_end_the_counting(follow: Follow) -> None:
    text = (
        "import functools\n"
        "class Proxy:\n"
        "    __slots__ = ()\n"
        "    def __getattr__(self, name):\n        raise RuntimeError(name)\n"
        "    @property\n    def __dict__(self):\n        raise RuntimeError('no request')\n"
        "first = Proxy()\n"
        "number = functools.lru_cache(maxsize=None)(int)\n"
        "for each in range(500):\n    number(str(each))\n"
        "LAST = [0] * 500\n"
    )

    records = follow(text).records

    assert [row[3] for row in records.mixed("containers")] == ["LAST"]
