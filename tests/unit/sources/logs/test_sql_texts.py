"""Comments and plans are taken off statements, which otherwise stay as the log wrote them."""

import numpy as np
import pytest

from aegis_cli.sources.logs.columns import Buffer
from aegis_cli.sources.logs.entries import Escaping
from aegis_cli.sources.logs.escapes import spell
from aegis_cli.sources.logs.raw_texts import RawTexts
from aegis_cli.sources.logs.sql_texts import SqlTexts
from aegis_cli.sources.logs.statements import StatementIndex

FORMATS = (Escaping.TABBED, Escaping.CSV, Escaping.JSON)
QUERY = b'SELECT "a"\n  FROM "t" WHERE id = 5'


def logged(texts: list[bytes], escaping: Escaping, plans: tuple[int, ...] = ()) -> SqlTexts:
    """Write statements into a log of a format."""
    spelled = [spell(each, escaping) for each in texts]
    ends = np.cumsum([len(each) for each in spelled])
    starts = ends - [len(each) for each in spelled]
    raw = RawTexts.of_spans(Buffer(b"".join(spelled)), starts, ends, escaping)
    return SqlTexts(raw, np.isin(np.arange(len(texts)), plans))


@pytest.mark.parametrize("escaping", FORMATS)
@pytest.mark.parametrize(
    ("text", "comment"),
    [
        (QUERY + b" /*route='x'*/", b"route='x'"),
        (QUERY + b" /*route='x'*/ ;\n", b"route='x'"),
        (b"/*app:shop*/ " + QUERY, b"app:shop"),
    ],
)
def test_a_comment_at_either_end_is_taken_off(
    escaping: Escaping, text: bytes, comment: bytes
) -> None:
    sql = logged([QUERY, text], escaping)

    assert sql.comments == [(1, comment)]
    assert sql.clean([0, 1]) == [QUERY, QUERY]
    assert len(set(sql.hashes().tolist())) == 1
    assert len(set(sql.numbers(StatementIndex()).tolist())) == 1


@pytest.mark.parametrize("escaping", FORMATS)
@pytest.mark.parametrize(
    "text", [b"SELECT '/* no */' || a FROM t WHERE b = 1 AND c = 2", b"SELECT 2 * 3", b""]
)
def test_what_only_looks_like_a_comment_stays(escaping: Escaping, text: bytes) -> None:
    sql = logged([text], escaping)

    assert sql.comments == []
    assert sql.clean([0]) == [text]


@pytest.mark.parametrize("escaping", FORMATS)
def test_of_a_plan_only_its_statement_counts(escaping: Escaping) -> None:
    plan = (
        b"\nQuery Text: " + QUERY + b" /*a='b'*/\nSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)"
    )
    sql = logged([plan, QUERY], escaping, plans=(0,))

    assert sql.comments == [(0, b"a='b'")]
    assert sql.clean([0, 1]) == [QUERY, QUERY]
    assert len(set(sql.numbers(StatementIndex()).tolist())) == 1
    assert sql[0] == QUERY


@pytest.mark.parametrize("escaping", FORMATS)
def test_numbers_do_not_depend_on_how_a_statement_was_recognised(escaping: Escaping) -> None:
    texts = [
        b'SELECT "id", "name" FROM "shop_product" WHERE "id" = %d' % each for each in range(5)
    ] + [
        b'SELECT "id", "name" FROM "shop_product" WHERE "name" = \'n%d\'' % each
        for each in range(5)
    ]
    index = StatementIndex()

    first = logged(texts[::2], escaping).numbers(index).tolist()
    again = logged(texts, escaping).numbers(index).tolist()

    assert again[::2] == first
    assert len(set(again)) == 2
    assert len({hash(each) for each in logged(texts, escaping).hashes().tolist()}) == len(texts)


def test_statements_that_are_read_carefully_get_one_number_however_many_differ() -> None:
    index = StatementIndex()
    few = [b"SELECT a FROM t WHERE b = %d -- why" % (value % 7) for value in range(50)]
    many = [b"SELECT a FROM t WHERE b = %d -- why" % value for value in range(2500)]
    long = [b"SELECT a FROM t WHERE b = '%s' -- why" % (b"x" * size) for size in (10, 5000)]

    for texts in (few, many, long, few):
        numbers = index.number(RawTexts.of_clean(texts))

        assert set(numbers.tolist()) == {0}


def test_a_comment_in_the_middle_keeps_statements_apart() -> None:
    index = StatementIndex()
    texts = [b"SELECT a FROM t -- why\nWHERE b = 1", b"SELECT b FROM t -- why\nWHERE b = 1"]

    first, again = (index.number(RawTexts.of_clean(texts)).tolist() for _ in range(2))

    assert first == again == [0, 1]
