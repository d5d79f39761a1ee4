"""Statements laid out one behind another, as a log holds them."""

from collections.abc import Sequence

import numpy as np

from aegis_cli.sqltext.beginnings import Spans

_PADDING = b"\0" * 64


def laid_out(statements: Sequence[bytes]) -> Spans:
    """Lay out statements, each on a line of its own."""
    data = b"\n".join(statements) + b"\n" + _PADDING
    sizes = np.array([len(each) + 1 for each in statements], np.int64)
    ends = np.cumsum(sizes) - 1
    words = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    return Spans(data=data, words=words, starts=ends - sizes + 1, ends=ends)
