"""Number the sessions of a log."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.entries import Session

_MAX_CACHED_KEYS = 200_000
_SLOT_BITS = 15
_SLOT_SHIFT = np.uint64(64 - _SLOT_BITS)
_EMPTY = -1
NO_SESSION = -2
"""Stands for bytes that name no session, so that their line is no entry."""


class SessionTable:
    """Sessions by the bytes that name them in the log, parsed once per distinct text."""

    __slots__ = (
        "_by_bytes",
        "_by_hash",
        "_by_session",
        "_parse",
        "_slot_hashes",
        "_slot_numbers",
        "sessions",
    )

    def __init__(self, parse: Callable[[bytes], Session | None]) -> None:
        """Remember how to read a text that was not seen before."""
        self._parse = parse
        self._by_bytes: dict[bytes, int] = {}
        self._by_hash: dict[int, int] = {}
        self._slot_hashes = np.zeros(1 << _SLOT_BITS, np.uint64)
        self._slot_numbers = np.full(1 << _SLOT_BITS, _EMPTY, np.int32)
        """What was looked up last, for all rows at once; one place for each highest bits."""
        self._by_session: dict[Session, int] = {}
        self.sessions: list[Session] = []

    def number(self, texts: list[bytes]) -> list[int]:
        """Return the session of each text, -2 where the text names none."""
        known = self._by_bytes
        numbers = list(map(known.get, texts))
        if None in numbers:
            for at, text in enumerate(texts):
                if numbers[at] is None:
                    number = known.get(text)
                    numbers[at] = self._learn(text) if number is None else number
        return numbers  # type: ignore[return-value]  # the loop left no None

    def number_hashed(
        self, hashes: NDArray[np.uint64], texts: Callable[[NDArray[np.intp]], list[bytes]]
    ) -> NDArray[np.int32]:
        """Return the session of each hash; `texts` tells the bytes behind some of them."""
        slot = (hashes >> _SLOT_SHIFT).astype(np.intp)
        numbers = self._slot_numbers[slot]
        lost = np.flatnonzero((self._slot_hashes[slot] != hashes) | (numbers == _EMPTY))
        if len(lost):
            numbers[lost] = self._number_lost(hashes[lost], lambda which: texts(lost[which]))
            # Of two sessions that share a slot the last one seen keeps it.
            self._slot_hashes[slot[lost]] = hashes[lost]
            self._slot_numbers[slot[lost]] = numbers[lost]
        return numbers

    def _number_lost(
        self, hashes: NDArray[np.uint64], texts: Callable[[NDArray[np.intp]], list[bytes]]
    ) -> list[int]:
        known = self._by_hash
        keys = hashes.tolist()
        fresh = np.array([at for at, key in enumerate(keys) if key not in known], np.intp)
        if len(fresh):
            if len(known) + len(fresh) > _MAX_CACHED_KEYS:
                known.clear()
                fresh = np.arange(len(keys))
            known.update(zip(hashes[fresh].tolist(), self.number(texts(fresh)), strict=True))
        return [known[key] for key in keys]

    def register(self, session: Session) -> int:
        """Return the number of a session, a new one if it was not seen before."""
        number = self._by_session.get(session)
        if number is None:
            number = self._by_session[session] = len(self.sessions)
            self.sessions.append(session)
        return number

    def _learn(self, text: bytes) -> int:
        if len(self._by_bytes) >= _MAX_CACHED_KEYS:
            self._by_bytes.clear()
        session = self._parse(text)
        number = NO_SESSION if session is None else self.register(session)
        self._by_bytes[text] = number
        return number
