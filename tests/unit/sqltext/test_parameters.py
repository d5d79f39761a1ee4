"""Values come back exactly as the server wrote them, and literals never get out unmasked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.parameters import literals_of, mask_literals, parse_parameters


@pytest.mark.parametrize(
    ("detail", "values"),
    [
        ("parameters: $1 = '42', $2 = NULL", ("42", None)),
        ("Parameters: $1 = 'it''s, $2 = ''x'''", ("it's, $2 = 'x'",)),
        ("DETAIL:  parameters: $1 = ''", ("",)),
        ("parameters: $1 = 'NULL', $2 = '[1,2)', $3 = 'a\nb'", ("NULL", "[1,2)", "a\nb")),
        ("parameters: $1 = 'long te...'", ("long te...",)),
        ("parameters: $1 = '1', $2 = 'cut o", ("1", "cut o")),
        ("prepare: PREPARE p AS SELECT $1", ()),
        ("", ()),
    ],
)
def test_reads_the_server_s_detail(detail: str, values: tuple[str | None, ...]) -> None:
    assert parse_parameters(detail) == values


@given(st.lists(st.none() | st.text(), max_size=12))
def test_reads_back_whatever_the_server_quotes(values: list[str | None]) -> None:
    written = (
        "NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in values
    )
    detail = "parameters: " + ", ".join(
        f"${number} = {value}" for number, value in enumerate(written, start=1)
    )

    assert parse_parameters(detail) == tuple(values)


@given(st.text())
def test_reading_parameters_never_raises(text: str) -> None:
    assert all(value is not None for value in parse_parameters(f"parameters: $1 = '{text}"))


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT 1, -2, a - 3, - 4.5e-1", ("1", "-2", "3", "-4.5e-1")),
        ("SELECT 'it''s', E'it\\'s\\n', U&'x', X'ff'", ("it's", "it's\n", "x", "ff")),
        ("SELECT $$a'b$$, $q$c$q$", ("a'b", "c")),
        ("SELECT 'a'\n 'b'", ("ab",)),
        ("SELECT 'cut o", ("cut o",)),
        ("SELECT now() - 7, current_date - 7", ("7", "7")),
        ('SELECT $1, ?, :a, NULL, TRUE, t1, "5" /* 6 */ -- 7', ()),
    ],
)
def test_lists_literals_in_order(sql: str, values: tuple[str, ...]) -> None:
    assert literals_of(sql) == values


@given(st.lists(st.one_of(st.integers().map(str), st.text(alphabet="abc '$\"\n"))))
def test_lists_what_was_quoted(values: list[str]) -> None:
    written = ", ".join("'" + value.replace("'", "''") + "'" for value in values)

    assert literals_of(f"SELECT f({written})") == tuple(values)


@pytest.mark.parametrize(
    ("sql", "masked"),
    [
        ("select a,\n  'x'\nfrom t  where b=-5", "select a,\n  ?\nfrom t  where b=?"),
        ("select /* secret */ a -- secret\nfrom t", "select a \nfrom t"),
        ("select/*secret*/a", "select a"),
        ("select a - 5, - /* x */ 6", "select a - ?, ?"),
        ("a = $1 and b = 'cut off", "a = $1 and b = ?"),
        (r"f('it\'s secret')", "f(?)"),
        ('select "a 1", t1 from t', 'select "a 1", t1 from t'),
        ("select TRUE, NULL;", "select TRUE, NULL;"),
    ],
)
def test_masks_literals_and_keeps_the_layout(sql: str, masked: str) -> None:
    assert mask_literals(sql) == masked


@given(
    st.text(alphabet="SECRT19"),
    st.sampled_from(
        ["'{}'", "E'{}'", "$${}$$", "$q${}$q$", "/*{}*/", "--{}", "N'{}", "'\\'{}'", "8{}", "-.5{}"]
    ),
)
def test_nothing_secret_survives_masking(secret: str, notation: str) -> None:
    masked = mask_literals(f"f(x, {notation.format('Q' + secret)}")

    assert "Q" not in masked


@given(st.text())
def test_masking_never_raises(text: str) -> None:
    assert "'" not in mask_literals(f"'{text}")[:1]
