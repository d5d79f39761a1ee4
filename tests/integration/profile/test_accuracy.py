"""Shares of processor time are those of a program that measures them itself."""

import json
import subprocess
import sys

import pytest

# Two rounds of three functions, which run until their own clocks say that they had their part:
# Python code, C code that holds the interpreter, and C code that lets it go.
PROGRAM = """
import hashlib, json, time

QUOTAS_S = {"arithmetic": 0.9, "parsing": 0.6, "hashing": 0.4}
spent_s = dict.fromkeys(QUOTAS_S, 0.0)

def arithmetic(end):
    total = 0
    while time.thread_time() < end:
        for number in range(500):
            total += number * number % 7
    return total

def parsing(end):
    text = json.dumps([{"id": number, "name": "x" * 20} for number in range(2000)])
    while time.thread_time() < end:
        json.loads(text)

def hashing(end):
    block = bytes(1 << 20)
    while time.thread_time() < end:
        hashlib.sha256(block).digest()

for _ in range(2):
    for function in (arithmetic, parsing, hashing):
        start = time.thread_time()
        function(start + QUOTAS_S[function.__name__])
        spent_s[function.__name__] += time.thread_time() - start
print(json.dumps(spent_s))
"""
POINTS = 0.02


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, float], dict[str, float]]:
    """Return the parts that the program measured, and those of the report."""
    folder = tmp_path_factory.mktemp("accuracy")
    (folder / "known.py").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "aegis_cli", "profile"),
            *("--format", "json", "--output", "report.json", "known.py"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    (section,) = (each for each in report["sections"] if each["id"] == "hot-functions")
    rows = [dict(zip(section["columns"], row, strict=True)) for row in section["rows"]]
    truth = json.loads(done.stdout)
    found = {row["function"]: row["cpu_ms"] for row in rows if row["function"] in truth}
    return _parts(truth), _parts(found)


def _parts(times: dict[str, float]) -> dict[str, float]:
    whole = sum(times.values())
    return {name: time / whole for name, time in times.items()}


@pytest.mark.parametrize("name", ["arithmetic", "parsing", "hashing"])
def test_a_share_is_within_two_points_of_the_truth(
    measured: tuple[dict[str, float], dict[str, float]], name: str
) -> None:
    truth, found = measured

    assert found[name] == pytest.approx(truth[name], abs=POINTS)
