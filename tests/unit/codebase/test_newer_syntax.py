"""Files for a newer Python are read on an older one, with every line in its place."""

import ast

import pytest

from aegis_cli.codebase.newer_syntax import parse


@pytest.mark.parametrize(
    "line",
    [
        "def first[T: (int, str)](rows: list[T]) -> T: return rows[0]",
        "class Box[T]: pass",
        "async def g[**P](): pass",
        "type Pair[T] = tuple[T, T]",
        "x = f'{a['b']}-{c.get('d')}'",
        'x = f"{a["b"]}" + str(1)',
    ],
)
def test_a_line_of_a_newer_python_is_read_where_it_stands(line: str) -> None:
    tree = parse(f"# one\n{line}\nlast = 1\n".encode())

    assert [each.lineno for each in tree.body] == [2, 3]


def test_exceptions_without_brackets_are_read() -> None:
    tree = parse(b"try:\n    pass\nexcept ValueError, TypeError:\n    pass\n")

    (handler,) = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert isinstance(handler.type, ast.Tuple)


def test_several_new_things_in_one_file_are_read() -> None:
    text = "class A[T]:\n    def f[U](self): return f'{self['x']}'\n" * 20

    assert len(parse(text.encode()).body) == 20


@pytest.mark.parametrize(
    "text", ["def f(:", "x = f'{'", "except A, B:", "class A[", "type X =", "("]
)
def test_what_is_no_python_stays_an_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        parse(text.encode())
