"""Lines get their source from the files that ran, and from no others."""

import os
from pathlib import Path

from aegis_cli.model.facts.hot_spots import LineTime
from aegis_cli.model.facts.samples import SampledTime
from aegis_cli.profiling.analysis.sources import SourceFiles
from tests.fakes.stacks import function

CODE = """\
import os

@cached
def load(path):
    password = "hunter2"
    return os.stat(path)


def other():
    return 1
"""
LATER_S = 4e9


def _line(line: int, name: str = "load", first: int = 3, path: str = "app.py") -> LineTime:
    return LineTime(
        function=function(name, path, first),
        line=line,
        charged_time=SampledTime(),
        cpu_share=0.0,
        callees=(),
    )


def test_a_line_comes_with_its_whole_function(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE, encoding="utf-8")

    found = SourceFiles(tmp_path, LATER_S).with_source(_line(6))

    assert found.source == "return os.stat(path)"
    assert found.function_source.splitlines()[0] == "@cached"
    assert "def other" not in found.function_source
    assert found.function_source.splitlines()[found.line_in_function - 1].strip() == found.source


def test_passwords_in_the_source_are_masked(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE, encoding="utf-8")

    found = SourceFiles(tmp_path, LATER_S).with_source(_line(5))

    assert "hunter2" not in found.source + found.function_source


def test_a_line_of_a_module_comes_with_the_module(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE, encoding="utf-8")

    found = SourceFiles(tmp_path, LATER_S).with_source(_line(1, "<module>", 1))

    assert (found.source, found.line_in_function) == ("import os", 1)


def test_a_file_that_changed_after_the_start_is_not_what_ran(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(CODE, encoding="utf-8")
    os.utime(path, (2_000, 2_000))
    sources = SourceFiles(tmp_path, 1_000.0)

    assert sources.with_source(_line(6)) == _line(6)
    assert sources.changed == ("app.py",)


def test_the_encoding_is_the_one_that_the_file_declares(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\nname = 'Zoë'\n"
    (tmp_path / "app.py").write_bytes(text.encode("latin-1"))

    assert SourceFiles(tmp_path, LATER_S).with_source(_line(2, "<module>")).source == "name = 'Zoë'"


def test_what_cannot_be_read_leaves_the_line_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    sources = SourceFiles(tmp_path, LATER_S)

    for path in ("missing.py", "<string>", "binary.py"):
        assert sources.with_source(_line(1, path=path)) == _line(1, path=path)


def test_a_function_that_is_cut_off_has_no_source_of_its_own(tmp_path: Path) -> None:
    body = "\n".join(f"    x = {number}" for number in range(400))
    (tmp_path / "app.py").write_text(f"def long():\n{body}\n    y = (\n", encoding="utf-8")

    found = SourceFiles(tmp_path, LATER_S).with_source(_line(390, "long", 1))

    assert found.source == "x = 388"
    assert found.function_source == ""
