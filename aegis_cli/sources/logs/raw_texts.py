"""Many statements as a log wrote them."""

from dataclasses import dataclass

import numpy as np

from aegis_cli.sources.logs.columns import Buffer, Positions
from aegis_cli.sources.logs.entries import Escaping
from aegis_cli.sqltext.beginnings import Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTexts:
    """Statements, where they stand, and what the log's format did to them."""

    buffer: Buffer
    starts: Positions
    ends: Positions
    texts: list[bytes]
    escaping: Escaping

    @property
    def spans(self) -> Spans:
        """Return where the statements stand."""
        return Spans(
            data=self.buffer.data, words=self.buffer.words, starts=self.starts, ends=self.ends
        )

    @classmethod
    def of_spans(
        cls, buffer: Buffer, starts: Positions, ends: Positions, escaping: Escaping
    ) -> "RawTexts":
        """Cut statements out of a buffer."""
        return cls(
            buffer=buffer,
            starts=starts,
            ends=ends,
            texts=buffer.slices(starts, ends),
            escaping=escaping,
        )

    @classmethod
    def of_clean(cls, texts: list[bytes]) -> "RawTexts":
        """Lay out statements to which nothing was done."""
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(sizes)
        return cls(
            buffer=Buffer(b"".join(texts)),
            starts=ends - sizes,
            ends=ends,
            texts=texts,
            escaping=Escaping.NONE,
        )

    def take(self, which: Positions) -> "RawTexts":
        """Return some of the statements."""
        return RawTexts(
            buffer=self.buffer,
            starts=self.starts[which],
            ends=self.ends[which],
            texts=[self.texts[at] for at in which.tolist()],
            escaping=self.escaping,
        )
