"""Lines whose text proves how they can cost less: what to write instead."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from aegis_cli.model.facts.hot_spots import LineTime
from aegis_cli.model.finding import FixKind
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines
from aegis_cli.rules.runtime._list_names import list_names

_ISO_FORMATS = frozenset(
    {
        "%Y-%m-%d",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M:%S.%f%z",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A change that makes a line cost less."""

    summary: Text
    kind: FixKind
    text: str
    is_certain: bool = True
    """The line itself is what takes the time, not some line of the loop that it heads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    fact: LineTime
    function: ast.Module
    lists: frozenset[str]
    """Names that are bound to lists in this function and to nothing else."""

    def replaced(self, node: ast.AST, new: str) -> str:
        """Return a diff that replaces an expression of the line."""
        old = ast.get_source_segment(self.fact.function_source, node) or ""
        after = self.fact.source.replace(old, new, 1)
        return lines(f"-{self.fact.source}", f"+{after}")


def rewrite(fact: LineTime) -> Rewrite | None:
    """Return the first change that the source proves; None where it proves nothing."""
    if not fact.function_source:
        return None
    try:
        function = ast.parse(fact.function_source)
    except (SyntaxError, ValueError, RecursionError):  # cut out of its context it may be no code
        return None
    line = _Line(fact=fact, function=function, lists=list_names(function))
    here = [
        node
        for node in ast.walk(function)
        if getattr(node, "lineno", None) == fact.line_in_function
    ]
    proven = (prove(node, line) for node in here for prove in _PATTERNS)
    in_loops = (_in_loop(node, line) for node in here if isinstance(node, ast.For | ast.While))
    return next((each for each in (*proven, *in_loops) if each is not None), None)


def _in_loop(loop: ast.For | ast.While, line: _Line) -> Rewrite | None:
    """Return what the body of a loop proves; what calls something is seen on its own line."""
    for node in ast.walk(loop):
        found = _membership(node, line)
        if found is not None:
            return replace(found, is_certain=False)
    return None


def _membership(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=name)]):
            if name not in line.lists:
                return None
            return Rewrite(
                summary=Text(
                    en=f"Look it up in a set: `in` walks through the list {name} each time.",
                    ko=f"집합에서 찾습니다. `in`은 매번 {name} 리스트를 처음부터 훑습니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    f"{name}_set = set({name})  # beside the list; add to both with .add()",
                    ast.unparse(node).replace(f"in {name}", f"in {name}_set"),
                ),
            )
    return None


def _first_of_list(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="pop"), args=[ast.Constant(value=0)]
        ):
            new = f"{name}.popleft()"
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="insert"),
            args=[ast.Constant(value=0), item],
        ):
            new = f"{name}.appendleft({ast.unparse(item)})"
        case _:
            return None
    if line.fact.callees:  # a method of somebody else's class
        return None
    return Rewrite(
        summary=Text(
            en=f"Make {name} a deque: a list moves all its other items each time.",
            ko=f"{name}을(를) deque로 바꿉니다. 리스트는 매번 나머지 항목을 모두 옮깁니다.",
        ),
        kind=FixKind.DIFF,
        text=lines(f"+{name} = collections.deque({name})", line.replaced(node, new)),
    )


def _sorted_for_one(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="sorted"), args=[items], keywords=[]), slice=index
        ):
            new = _instead_of_sorted(ast.unparse(items), index)
        case _:
            return None
    if new is None:
        return None
    return Rewrite(
        summary=Text(
            en="Ask for what is wanted only: this sorts everything to keep a part of it.",
            ko="필요한 값만 구합니다. 일부만 쓰려고 전체를 정렬하고 있습니다.",
        ),
        kind=FixKind.DIFF,
        text=line.replaced(node, new),
    )


def _instead_of_sorted(items: str, index: ast.expr) -> str | None:
    match index:
        case ast.Constant(value=0):
            return f"min({items})"
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
            return f"max({items})"
        case ast.Slice(lower=None, upper=ast.expr() as upper, step=None):
            return f"heapq.nsmallest({ast.unparse(upper)}, {items})"
    return None


def _sum_of_lists(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Call(func=ast.Name(id="sum"), args=[items, ast.List(elts=[])]):
            return Rewrite(
                summary=Text(
                    en="Chain the lists: sum() copies all that it has at each step.",
                    ko="리스트를 이어 붙입니다. sum()은 단계마다 지금까지의 결과를 복사합니다.",
                ),
                kind=FixKind.DIFF,
                text=line.replaced(
                    node, f"list(itertools.chain.from_iterable({ast.unparse(items)}))"
                ),
            )
    return None


def _rows_of_frame(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Call(func=ast.Attribute(value=frame, attr="iterrows"), args=[]):
            if not any(each.name.startswith("pandas.") for each in line.fact.callees):
                return None
            return Rewrite(
                summary=Text(
                    en="Compute on whole columns, or at least use itertuples(): iterrows() builds "
                    "a Series for each row.",
                    ko="열 단위로 계산하거나 최소한 itertuples()를 씁니다. iterrows()는 행마다 "
                    "Series를 만듭니다.",
                ),
                kind=FixKind.ADVICE,
                text=f"for row in {ast.unparse(frame)}.itertuples(index=False): ...  # row.column",
            )
    return None


def _iso_date(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Call(
            func=ast.Attribute(value=kind, attr="strptime"),
            args=[text, ast.Constant(value=str(form))],
        ) if form in _ISO_FORMATS:
            new = f"{ast.unparse(kind)}.fromisoformat({ast.unparse(text)})"
            return Rewrite(
                summary=Text(
                    en="Parse with fromisoformat(): strptime() interprets its format each time.",
                    ko="fromisoformat()으로 읽습니다. strptime()은 매번 형식 문자열을 해석합니다.",
                ),
                kind=FixKind.DIFF,
                text=line.replaced(node, new),
            )
    return None


def _deep_copy(node: ast.AST, line: _Line) -> Rewrite | None:
    is_copying = any(each.name == "copy.deepcopy" for each in line.fact.callees)
    match node:
        case ast.Call(func=ast.Name(id="deepcopy") | ast.Attribute(attr="deepcopy")) if is_copying:
            return Rewrite(
                summary=Text(
                    en="Copy only what is changed afterwards; deepcopy() walks through everything "
                    "that the object reaches.",
                    ko="이후에 바꾸는 부분만 복사합니다. deepcopy()는 객체가 닿는 모든 것을 "
                    "훑습니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "dict(x), list(x)                  # one level",
                    "dataclasses.replace(x, field=new) # one field",
                    "# or build what never changes once, and share it",
                ),
            )
    return None


def _index_of_list(node: ast.AST, line: _Line) -> Rewrite | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="index"), args=[item]):
            if name not in line.lists:
                return None
            return Rewrite(
                summary=Text(
                    en=f"Look the position up: .index() walks through {name} each time.",
                    ko=f"위치를 사전에서 찾습니다. .index()는 매번 {name}을(를) 훑습니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    f"positions = {{value: at for at, value in enumerate({name})}}  # once",
                    f"positions[{ast.unparse(item)}]",
                ),
            )
    return None


def _import(node: ast.AST, _line: _Line) -> Rewrite | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return Rewrite(
                summary=Text(
                    en="Import it where it is needed, if most runs do without it.",
                    ko="대부분의 실행에 필요하지 않다면 쓰는 곳에서 임포트합니다.",
                ),
                kind=FixKind.ADVICE,
                text="python -X importtime …  # says which of its imports take the time",
            )
    return None


_PATTERNS: tuple[Callable[[ast.AST, _Line], Rewrite | None], ...] = (
    _membership,
    _first_of_list,
    _sorted_for_one,
    _sum_of_lists,
    _rows_of_frame,
    _iso_date,
    _deep_copy,
    _index_of_list,
    _import,
)


def is_loop(fact: LineTime) -> bool:
    """Tell whether a line heads a loop: its time is that of all lines without calls in it."""
    return fact.source.startswith(("for ", "while ", "async for ")) and not fact.callees


def is_import(fact: LineTime) -> bool:
    """Tell whether a line is an import, whose time is that of another module's body."""
    return fact.source.startswith(("import ", "from "))
