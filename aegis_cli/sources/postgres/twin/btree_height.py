"""How many levels a btree of a given size has above its leaves."""

from aegis_cli.model.facts.indexes import PAGE_BYTES

_PAGE_OVERHEAD = 24 + 16
_INNER_FILL = 0.70
"""BTREE_NONLEAF_FILLFACTOR of nbtree.h."""
_TUPLE_HEADER, _LINE_POINTER, _ALIGNMENT = 8, 4, 8


def btree_height(pages: int, key_width: float) -> int:
    """Return the number of levels above the leaves.

    Args:
        pages: All pages of the index, its metapage included.
        key_width: Average bytes of what tells neighbouring leaves apart; suffix truncation
            leaves no more than that in the inner pages.
    """
    children = max(2.0, _children_per_page(key_width))
    height, level_pages = 0, float(max(1, pages - 1))
    # Below the root each level has 1/children of the pages of the next one.
    level_pages *= 1 - 1 / children if level_pages > 1 else 1
    while level_pages > 1:
        level_pages = -(-level_pages // children)
        height += 1
    return height


def _children_per_page(key_width: float) -> float:
    entry = _TUPLE_HEADER + key_width
    aligned = -(-entry // _ALIGNMENT) * _ALIGNMENT
    return (PAGE_BYTES - _PAGE_OVERHEAD) * _INNER_FILL // (aligned + _LINE_POINTER)
