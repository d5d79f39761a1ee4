"""A program is run again, on request only, with the profilers that its first run calls for."""

from tests.integration.engines.conftest import Workshop

PROGRAM = """
import os, sys, time

def hot():
    total = 0
    while time.process_time() < 0.6:
        for n in range(20000):
            total += n
    return total

def main():
    with open("runs", "a") as file:
        file.write("ran\\n")
    hot()
    if "die" in sys.argv:
        os.kill(os.getpid(), 15)

main()
sys.exit(5)
"""


def test_the_lines_of_hot_functions_are_counted_in_a_second_run(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)

    profiled = workshop.profile("--passes", "app.py")

    assert profiled.status == 5
    passes = profiled.rows("passes")
    assert [(row["engine"], row["status"]) for row in passes] == [("auto", 5), ("line", 5)]
    assert passes[1]["functions"] == "hot"
    assert (workshop.folder / "runs").read_text() == "ran\n" * 2
    lines = {str(row["source"]): row for row in profiled.rows("lines")}
    loop, body = lines["for n in range(20000):"], lines["total += n"]
    assert int(str(loop["hits"])) - int(str(body["hits"])) == int(str(body["hits"])) / 20000
    assert profiled.rows("hot-functions")


def test_without_being_asked_a_program_runs_once(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)

    profiled = workshop.profile("app.py")

    assert (workshop.folder / "runs").read_text() == "ran\n"
    assert profiled.rows("passes") == []


def test_a_program_that_a_signal_ended_is_not_run_again(workshop: Workshop) -> None:
    workshop.write("app.py", PROGRAM)

    profiled = workshop.profile("--passes", "app.py", "die")

    assert profiled.status == -15
    assert (workshop.folder / "runs").read_text() == "ran\n"
    assert "a signal ended the first run" in profiled.skipped()
