"""The change that loads ahead what a loop reads row by row, in the words of each library."""

from collections.abc import Sequence

from aegis_cli.model.facts.source_code import RowCost, RowQuery
from aegis_cli.model.text import Text

_DJANGO = "django"


def eager_summary(fact: RowQuery) -> Text:
    """Say in a sentence what to change."""
    if fact.cost is RowCost.QUERY:
        return Text(
            en="Ask once before the loop, for all rows together.",
            ko="반복문 앞에서 모든 행을 한 번에 조회하세요.",
        )
    if fact.cost is RowCost.DEFEATED:
        return Text(
            en="Ask the loaded rows in Python, or load ahead exactly what is asked for.",
            ko="미리 읽은 행을 파이썬에서 거르거나, 필요한 그대로 미리 읽으세요.",
        )
    where = f" ({fact.feed.path}:{fact.feed.line})" if fact.feed is not None else ""
    return Text(
        en=f"Load {fact.relation} together with the rows{where}.",
        ko=f"행을 읽을 때 {fact.relation}을(를) 함께 읽으세요{where}.",
    )


def eager_change(facts: Sequence[RowQuery]) -> str:
    """Return the code to write for all that is read of the same rows."""
    fact = facts[0]
    if fact.cost is RowCost.QUERY:
        return _asked_once(fact)
    if fact.cost is RowCost.DEFEATED:
        return _kept(fact)
    return _django(facts) if fact.mapper == _DJANGO else _sqlalchemy(facts)


def _django(facts: Sequence[RowQuery]) -> str:
    """Join what leads to one object, prefetch what leads to many or through many."""
    many = {each.relation for each in facts if each.cost is RowCost.COLLECTION}
    joined: dict[str, None] = {}
    fetched: dict[str, None] = {}
    for path in dict.fromkeys(each.relation for each in facts):
        is_through_many = any(path == each or path.startswith(f"{each}.") for each in many)
        (fetched if is_through_many else joined)[path.replace(".", "__")] = None
    calls = [
        f".{method}({', '.join(repr(each).replace(chr(39), chr(34)) for each in names)})"
        for method, names in (("select_related", joined), ("prefetch_related", fetched))
        if names
    ]
    return "".join(calls)


def _sqlalchemy(facts: Sequence[RowQuery]) -> str:
    options = dict.fromkeys(
        f"{'joinedload' if each.cost is RowCost.RELATION else 'selectinload'}"
        f"({each.feed_model or each.model}.{each.relation.partition('.')[0]})"
        for each in facts
    )
    return f".options({', '.join(options)})"


def _asked_once(fact: RowQuery) -> str:
    model = fact.model or "Model"
    if fact.mapper == _DJANGO:
        return (
            f"found = {model}.objects.in_bulk(ids)  # or filter(key__in=keys), before the loop\n"
            "for key in ids:\n    row = found.get(key)"
        )
    return (
        f"found = {{row.id: row for row in session.scalars(select({model})"
        f".where({model}.id.in_(ids)))}}"
    )


def _kept(fact: RowQuery) -> str:
    relation = fact.relation.rpartition(".")[2]
    return (
        f'Prefetch("{relation}", queryset=….filter(…), to_attr="wanted_{relation}")\n'
        f"# or: [row for row in parent.{relation}.all() if …]"
    )
