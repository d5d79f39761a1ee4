"""No source file ends the reading: not one that is odd, and not one that is nonsense."""

import ast
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis_cli.codebase.extract import Unparsable
from aegis_cli.codebase.facts import project_facts
from aegis_cli.engine.detector import RunContext
from aegis_cli.rules import python
from aegis_cli.testing.source_cases import records_of

DETECTORS = [each(each.options_type(), RunContext(recheck="")) for each in python.aegis_detectors()]

PIECES = (
    "for o in Order.objects.all():\n    o.customer.name\n",
    "class A(B, metaclass=C):\n    x: int = 1\n    def f(self, *a, **k): return self.x\n",
    "async def f(x=1, /, *, y):\n    async with x as (a, *b): yield await y\n",
    "match x:\n    case {'a': [y, *z], **r} if y: pass\n    case A(b=c) | None: pass\n",
    "try:\n    pass\nexcept* (A, B) as e:\n    raise e from None\n",
    "x = [a for b in c if d for a in b] + {**e} or (lambda *a, k=1: k)(*f, **g)\n",
    "@d(1)\n@e\ndef g(a: 'B[', b: list['C']) -> 'D': global h; h = (yield)\n",
    "if (n := f(x)) > 1: del n, x[1:2, ...], y.z\nelse: x = y = z[0] = *a, b\n",
    (
        "class M(models.Model):\n    p = models.ForeignKey('self', models.CASCADE)\n"
        "    def __str__(self): return f'{self.p!r:>{self.p.p}}'\n"
    ),
    "from . import *\nfrom .. import x\nimport a.b as c, d.e\n",
    "while True:\n    break\nelse:\n    assert x, y\n",
    "def f(): return f()\nf = f\nx = x.y\n",
)


def facts(source: str) -> list[object]:
    """Return all facts of one file, through every rule's visitor and the flow."""
    records = records_of(
        {"shop/models.py": source, "shop/__init__.py": "from .models import *\n"}, DETECTORS
    )
    assert [failure for each in records for failure in each.failures] == []
    return [*project_facts(records, lambda _: source.splitlines())]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_pieces_of_python_in_any_order_are_read(pieces: list[str], depth: int) -> None:
    text = "".join(pieces)
    for _ in range(depth):
        text = "def outer(self):\n" + "".join(f"    {line}\n" for line in text.splitlines())
    try:
        ast.parse(text)
    except SyntaxError:
        return

    facts(text)


@given(st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        facts(text)
    except (Unparsable, UnicodeEncodeError):
        return


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["a.b"] * 900),
        "x = a" + ".b" * 400 + "\n",
        "x = f" + "(1)" * 300 + "\n",
        "\n".join(f"if a{n}:\n    x = b{n}" for n in range(500)),
        "def f(x):\n" + "".join(f"    x = g(x, x, {n})\n" for n in range(300)),
        "\n".join(f"def f{n}(x):\n    for y in x: f{n + 1}(y); f{n + 2}(y)" for n in range(60)),
        "\n".join(f"from .m{n} import *" for n in range(200)),
    ],
    ids=["sum", "chain", "calls", "branches", "growth", "fan", "stars"],
)
def test_code_that_grows_out_of_hand_is_bounded(source: str) -> None:
    # Python itself refuses some of them, such as a hundred levels of brackets.
    with suppress(Unparsable):
        facts(source)


def test_a_module_of_the_standard_library_is_read() -> None:
    path = Path(ast.__file__)

    assert facts(path.read_text(encoding="utf-8")) is not None
