"""Fit the memory management of this process to one pass over much data."""

import ctypes
import gc
import mmap
import sys
from contextlib import suppress

# From malloc.h of the GNU C library; see mallopt(3).
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_THRESHOLD = -3
_KEPT_BYTES = 1 << 30
_LARGEST_KEPT_BYTES = 32 << 20
_GROWTH_BYTES = 16 << 20
_BLOCKS = 4
"""Of `_GROWTH_BYTES` each: what one pass works in, and some more."""
_LARGE_PAGE_BYTES = 2 << 20


def prepare_memory() -> None:
    """Keep what is freed for what comes next, and never look for garbage among what is there.

    numpy frees and asks for megabytes with every step; given back to the system, each page would
    be fetched and cleared again. The peak is the same. Without the GNU C library only the
    garbage collector is told.
    """
    gc.freeze()
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    with suppress(AttributeError, OSError):  # another C library has no mallopt
        mallopt = library.mallopt
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TOP_PAD, _GROWTH_BYTES)
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)
        _prefer_large_pages(library)


def _prefer_large_pages(library: ctypes.CDLL) -> None:
    """Ask for large pages where the heap grows next; a system may not have any.

    A pass over arrays of megabytes touches hundreds of small pages in turn, more than a processor
    remembers the places of. Nothing is used before it is written to.
    """
    malloc, free, madvise = library.malloc, library.free, library.madvise
    malloc.argtypes, malloc.restype = (ctypes.c_size_t,), ctypes.c_void_p
    free.argtypes = (ctypes.c_void_p,)
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    blocks = [each for each in (malloc(_GROWTH_BYTES) for _ in range(_BLOCKS)) if each]
    if blocks:
        begin = -(-min(blocks) // _LARGE_PAGE_BYTES) * _LARGE_PAGE_BYTES
        end = (max(blocks) + _GROWTH_BYTES) // _LARGE_PAGE_BYTES * _LARGE_PAGE_BYTES
        madvise(begin, end - begin, mmap.MADV_HUGEPAGE)
    # They stay in the heap, see _KEPT_BYTES.
    for block in blocks:
        free(block)
