"""Models of Django and SQLAlchemy say where a table is declared; nothing of them is run."""

from pathlib import Path

from aegis_cli.model.location import CodeLocation
from aegis_cli.sources.python_code.models import DeclaredTables, declared_tables

DJANGO = """
from django.db import models
raise SystemExit("must never run")

class Base(models.Model):
    class Meta:
        abstract = True

class Order(Base):
    pass

class Line(models.Model):
    class Meta:
        db_table: str = "order_lines"

class Report(models.Model):
    class Meta:
        db_table = '"archive"."reports"'

class Label(models.Model):
    class Meta:
        app_label = "other"

class TimedOrder(TimeStampedModel):
    pass
"""
SQLALCHEMY = """
users = Table("users", metadata)

class Product(Base):
    __tablename__ = "products"

class Nothing(Base):
    pass

class Computed(Base):
    __tablename__ = prefix + "x"
"""


def declared(folder: Path, **files: str) -> DeclaredTables:
    """Write files of the application `shop` and look for tables in them."""
    root = folder / "shop"
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / f"{name}.py").write_text(text, encoding="utf-8")
    return declared_tables([str(root)])


def test_tables_of_django_are_named_as_django_names_them(tmp_path: Path) -> None:
    found = declared(tmp_path, models=DJANGO)

    assert sorted(found.places) == [
        "order_lines",
        "other_label",
        "reports",
        "shop_timedorder",
    ]
    assert found.places["order_lines"] == CodeLocation(
        path=str(tmp_path / "shop" / "models.py"), line=12, function="Line"
    )
    assert found.skipped == ()


def test_tables_of_sqlalchemy_are_named_in_the_source(tmp_path: Path) -> None:
    found = declared(tmp_path, tables=SQLALCHEMY)

    assert {name: place.line for name, place in found.places.items()} == {
        "users": 2,
        "products": 4,
    }


def test_a_package_of_models_belongs_to_the_folder_above(tmp_path: Path) -> None:
    package = tmp_path / "shop" / "models"
    package.mkdir(parents=True)
    (package / "order.py").write_text("class Order(models.Model):\n    pass\n")

    found = declared_tables([str(package / "order.py")])

    assert list(found.places) == ["shop_order"]


def test_migrations_and_hidden_folders_are_left_out(tmp_path: Path) -> None:
    for folder in ("migrations", ".venv", "__pycache__"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "models.py").write_text('t = Table("x", m)\n')

    assert declared_tables([str(tmp_path)]).places == {}


def test_the_first_declaration_counts(tmp_path: Path) -> None:
    found = declared(tmp_path, a='t = Table("x", m)\n', b='\n\nt = Table("x", m)\n')

    assert found.places["x"].line == 1


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    found = declared(tmp_path, broken="class (:\n", nul="\0", good='t = Table("x", m)\n')
    missing = declared_tables([str(tmp_path / "nowhere")])

    assert [Path(each.subject).name for each in found.skipped] == ["broken.py", "nul.py"]
    assert list(found.places) == ["x"]
    assert [each.reason.en for each in missing.skipped] == ["no such file or folder"]
