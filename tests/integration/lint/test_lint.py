"""`aegis lint` as a step of CI: exit codes, formats, baseline, comments, tests left out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = """
from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
"""
VIEWS = """
from shop.models import Order


def report():
    for order in Order.objects.all():
        print(order.customer.name)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Write a project with one planted fault."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, text in (("__init__", ""), ("models", MODELS), ("views", VIEWS)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "aegis_cli", "lint", ".", "--cache-dir", ".cache", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "LANG": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[3])},
    )


def test_a_finding_fails_the_step_and_names_line_rows_and_change(shop: Path) -> None:
    done = lint(shop, "--format", "json")
    (finding,) = json.loads(done.stdout)["findings"]

    assert done.returncode == 1
    assert finding["rule"] == "AEG1103"
    assert [each["line"] for each in finding["locations"]] == [7, 6]
    assert finding["fix"]["text"] == '.select_related("customer")'


def test_a_project_without_findings_passes_on_a_second_run_from_the_cache(shop: Path) -> None:
    views = shop / "shop" / "views.py"
    views.write_text(
        VIEWS.replace("objects.all()", 'objects.select_related("customer")'), encoding="utf-8"
    )

    first, second = lint(shop, "--format", "json"), lint(shop, "--format", "json")
    coverage = json.loads(second.stdout)["sections"][0]["data"]

    assert (first.returncode, second.returncode) == (0, 0)
    assert (coverage["files"], coverage["from_cache"]) == (3, 3)


def test_the_baseline_accepts_what_is_there_even_if_it_moves(shop: Path) -> None:
    accepted = lint(shop, "--write-baseline", "accepted.json")
    views = shop / "shop" / "views.py"
    views.write_text("\n\nX = 1\n" + VIEWS, encoding="utf-8")

    done = lint(shop, "--baseline", "accepted.json", "--format", "json")

    assert (accepted.returncode, done.returncode) == (1, 0)
    assert json.loads(done.stdout)["findings"] == []


@pytest.mark.parametrize("comment", ["# aegis: ignore[AEG1103] two rows", "# noqa: AEG1103"])
def test_a_comment_silences_its_line(shop: Path, comment: str) -> None:
    views = shop / "shop" / "views.py"
    views.write_text(VIEWS.replace("customer.name)", f"customer.name)  {comment}"), "utf-8")

    assert lint(shop).returncode == 0


@pytest.mark.parametrize(
    ("format_name", "part"),
    [
        ("sarif", '"AEG1103"'),
        ("github", "file=shop/views.py,line=7"),
        ("gitlab", '"shop/views.py"'),
        ("junit", "AEG1103"),
    ],
)
def test_the_formats_of_ci_name_the_place(shop: Path, format_name: str, part: str) -> None:
    assert part in lint(shop, "--format", format_name).stdout


def test_nothing_of_the_project_is_run(shop: Path) -> None:
    (shop / "shop" / "__init__.py").write_text("raise SystemExit('ran')\n", encoding="utf-8")
    (shop / "conftest.py").write_text("raise SystemExit('ran')\n", encoding="utf-8")

    done = lint(shop)

    assert done.returncode == 1
    assert "ran" not in done.stdout.split() + done.stderr.split()


def test_less_sure_findings_are_counted_and_shown_on_demand(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "for u in User.objects.all():\n    print(u.profile.bio)\n", "utf-8"
    )

    usual, low = lint(tmp_path, "--format", "json"), lint(tmp_path, "--confidence", "low")

    assert (usual.returncode, low.returncode) == (0, 1)
    assert json.loads(usual.stdout)["sections"][0]["data"]["unsure"] == 1


def test_a_project_that_cannot_be_parsed_at_all_is_not_examined(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(:\n", encoding="utf-8")

    done = lint(tmp_path)

    assert done.returncode == 3
    assert "a.py" in done.stdout


def test_a_path_that_is_missing_is_said_so(tmp_path: Path) -> None:
    done = lint(tmp_path, "nowhere")

    assert done.returncode == 3
    assert "no such file or folder" in done.stderr
