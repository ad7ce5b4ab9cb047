"""What triggers say of samples: what was found, and on which page it stands."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from samples.models import Finding

Kind = Finding.Kind


@dataclass(frozen=True)
class Words:
    """One kind of finding. `many` takes the number; `page` and `query` are where they are listed.

    `noun` is what a task is about: “12 samples”.
    """

    watched: str
    one: str
    many: str
    noun: str
    page: str
    query: str = ""

    @property
    def path(self) -> str:
        """The path of the page below the admin's address."""
        return reverse(f"admin:{self.page}", urlconf=settings.ROOT_URLCONF) + self.query


WORDS: dict[str, Words] = {
    Kind.PENDING: Words(
        "a sample waiting too long to be sent",
        "1 sample waits too long to be sent",
        "{:,} samples wait too long to be sent",
        "sample",
        "samples_chase",
        "?tab=pending",
    ),
    Kind.NOT_POSTED: Words(
        "a creator not having posted about a sample",
        "1 sample has no post yet",
        "{:,} samples have no post yet",
        "sample",
        "samples_chase",
        "?tab=posts",
    ),
    Kind.RIGHT_ENDS: Words(
        "a usage right being about to end",
        "1 usage right ends soon",
        "{:,} usage rights end soon",
        "usage right",
        "samples_rights",
    ),
}


def happened(finding: str, *, count: int) -> str:
    """Say what one day's look found: “12 samples wait too long to be sent”."""
    words = WORDS[finding]
    return words.one if count == 1 else words.many.format(count)


def choices() -> list[tuple[str, str]]:
    """Return what a trigger can listen to among samples, by key and label."""
    labels = {
        Kind.PENDING: "A sample waits too long to be sent",
        Kind.NOT_POSTED: "A creator has not posted about a sample",
        Kind.RIGHT_ENDS: "A usage right is about to end",
    }
    return [(kind.value, labels[kind]) for kind in Kind]


def of_occasion(occasion: str) -> Words | None:
    """Return the words of the run that an effect or a task stands for, if it is about samples."""
    whole, _, rest = occasion.partition(":")
    return WORDS.get(rest.partition(":")[0]) if whole == "finding" else None
