"""A table of entries by key that refuses a duplicate at import: how one place to touch is kept."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Keyed(Protocol):
    """What a registry holds: something with a stored key and a shown label."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> str: ...


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Generic[Entry]):
    """Entries in the order they were registered."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, Entry] = {}

    def register(self, entry: Entry) -> Entry:
        """Add `entry`; raise ValueError when its key is taken."""
        if entry.key in self._entries:
            raise ValueError(f"two {self.what} entries are called “{entry.key}”")
        self._entries[entry.key] = entry
        return entry

    def __getitem__(self, key: str) -> Entry:
        try:
            return self._entries[key]
        except KeyError:
            raise KeyError(f"no {self.what} is called “{key}”") from None

    def get(self, key: str) -> Entry | None:
        """Return the entry, or None when its owner is not installed any more."""
        return self._entries.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def choices(self) -> list[tuple[str, str]]:
        """Return (key, label) pairs; pass the method itself so a new entry needs no migration."""
        return [(entry.key, entry.label) for entry in self]
