"""Size of a GIN index: how frequent its keys are, and what they take then."""

from collections.abc import Iterator
from dataclasses import replace

from aegis_cli.indexing.inverted_layout import layout_of
from aegis_cli.indexing.inverted_statistics import frequencies_of
from aegis_cli.indexing.sampling import Frequency, frequencies
from aegis_cli.indexing.tables import TableFacts
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexSize
from aegis_cli.model.facts.row_samples import SampledEntries

_META_PAGES = 1


def gin_size(definition: IndexDefinition, facts: TableFacts, rows: float) -> IndexSize:
    """Return the size of a GIN index; entries are counted as rows."""
    pages = pointers = 0.0
    sampled = [_sampled(each, facts) for each in definition.keys]
    part = min(1.0, rows / facts.rows) if facts.rows > 0 else 1.0
    for key, seen in zip(definition.keys, sampled, strict=True):
        layout = layout_of(_in_part(_of_all(key, facts, seen), part), facts.pages)
        pages += layout.pages
        pointers += layout.pointers
    return IndexSize(
        pages=_META_PAGES + max(1, round(pages)),
        rows=max(pointers, 1.0),
        is_sampled=None not in sampled,
    )


def entries_per_row(definition: IndexDefinition, facts: TableFacts) -> float:
    """Return how many entries one row of the table puts into a GIN index."""
    rows = max(facts.rows, 1.0)
    return sum(
        each.entries / rows
        for key in definition.keys
        for each in _of_all(key, facts, _sampled(key, facts))
    )


def _sampled(key: IndexKey, facts: TableFacts) -> SampledEntries | None:
    return None if facts.sampler is None else facts.sampler.entries(facts.table.name, key)


def _of_all(
    key: IndexKey, facts: TableFacts, sampled: SampledEntries | None
) -> tuple[Frequency, ...]:
    if sampled is None:
        return frequencies_of(key, facts)
    return tuple(frequencies(sampled.classes, sampled.fraction))


def _in_part(found: tuple[Frequency, ...], part: float) -> Iterator[Frequency]:
    """Yield the keys of a part of the rows, taken at random."""
    for each in found:
        missed = (1.0 - part) ** each.mean if part < 1.0 else 0.0
        keys = each.keys * (1.0 - missed)
        if keys > 0:
            yield replace(each, keys=keys, mean=max(1.0, each.entries * part / keys))
