"""Fit the memory management of this process to one pass over much data."""

import ctypes
import gc
import sys
from contextlib import suppress

# From malloc.h of the GNU C library; see mallopt(3).
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_THRESHOLD = -3
_KEPT_BYTES = 1 << 30
_LARGEST_KEPT_BYTES = 32 << 20
_GROWTH_BYTES = 16 << 20


def prepare_memory() -> None:
    """Keep what is freed for what comes next, and never look for garbage among what is there.

    numpy frees and asks for megabytes with every step; given back to the system, each page would
    be fetched and cleared again. The peak is the same. Without the GNU C library only the
    garbage collector is told.
    """
    gc.freeze()
    if sys.platform != "linux":
        return
    with suppress(AttributeError, OSError):  # another C library has no mallopt
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TOP_PAD, _GROWTH_BYTES)
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)
