"""Python's collector of garbage, held back where it would look through millions of live objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Look for garbage every 100,000 new objects, not every 700: migrations take a fifth less."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
