"""The indexes a search decides on."""

from aegis_cli.indexing.options import Option, Options, bits
from aegis_cli.indexing.planner import Configuration
from aegis_cli.model.facts.indexes import IndexSize
from tests.fakes.catalog import existing, index, table_name


def options() -> tuple[Options, Option, Option, Option]:
    """Return an existing index and two candidates."""
    found = Options()
    old = existing("old", index("a", "x"))
    kept = found.add("public.old", old.definition, IndexSize(pages=10, rows=1), 2.0, existing=old)
    first = found.add("first", index("a", "y"), IndexSize(pages=20, rows=1), 3.0)
    second = found.add("second", index("b", "y"), IndexSize(pages=40, rows=1), 5.0)
    return found, kept, first, second


def test_bits_are_yielded_from_the_lowest() -> None:
    assert list(bits(0b101001)) == [0, 3, 5]


def test_options_know_which_of_them_exist() -> None:
    found, kept, first, second = options()

    assert found.existing == kept.mask
    assert [each.is_new for each in found] == [False, True, True]
    assert list(found.of(first.mask | second.mask)) == [first, second]
    assert len(found) == 3


def test_what_is_not_visible_is_hidden_when_it_exists() -> None:
    found, kept, first, _ = options()

    assert found.configuration(first.mask) == Configuration(
        visible=frozenset({"first"}), hidden=frozenset({"public.old"})
    )
    assert found.configuration(kept.mask) == Configuration()


def test_dropping_gives_back_space_and_upkeep() -> None:
    found, kept, first, second = options()

    assert found.size_bytes(kept.mask) == 0
    assert found.size_bytes(first.mask | second.mask) == (60 - 10) * 8192
    assert found.write_cost(kept.mask | second.mask) == 7.0


def test_names_that_are_no_options_have_no_bit() -> None:
    found, kept, first, _ = options()

    assert found.mask({"public.old", "first", "public.a_pkey"}) == kept.mask | first.mask


def test_retired_options_matter_to_no_table() -> None:
    found, kept, first, second = options()

    found.retire(first.mask)

    assert found.on({table_name("a"), table_name("b")}) == kept.mask | second.mask
    assert found.on({table_name("c")}) == 0
