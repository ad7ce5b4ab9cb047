"""The library at work: what each ready-made segment would find here, and making one of it."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from segments.catalogue import StoreCatalogue
from segments.catalogue.store import FIXED
from segments.definitions import save_segment, speech
from segments.manual import create_manual
from segments.models import Library, Segment
from segments.presets import PRESETS, Preset, Rule, Told
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.tree import Group

COUNT = "library"  # the job that counts (library_counting)


class NotPossible(Exception):  # noqa: N818 - a state
    """The store has not what a ready-made rule reads; the message says what is missing."""


@dataclass(frozen=True)
class Shelved:
    """A preset as it stands in this store."""

    preset: Preset
    segment: Segment | None = None  # made of it already
    customers: int | None = None  # None: not counted, or it cannot be
    base: int = 0
    missing: str = ""  # why it cannot be used here

    @property
    def percent(self) -> float | None:
        """The share of the customers, None before it was counted."""
        if self.customers is None or not self.base:
            return None
        return 100 * self.customers / self.base

    @property
    def best_first_label(self) -> str:
        """The field by which the list is worked down, in words."""
        field = FIXED.get(self.preset.best_first)
        return field.spoken if field else ""

    @property
    def is_expected(self) -> bool | None:
        """Whether its share is what its source expects, None where either is unknown."""
        if self.percent is None or self.preset.expected is None:
            return None
        low, high = self.preset.expected
        return low <= round(self.percent, 1) <= high


def made() -> dict[str, Segment]:
    """Return preset → the segment made of it, in one query; archived ones do not stand in."""
    rows = Segment.objects.exclude(preset="").exclude(state=Segment.State.ARCHIVED)
    return {row.preset: row for row in rows.order_by("-pk")}


def told(library: Library, segments: dict[str, Segment]) -> Told:
    """Return what rules of the library read of this store."""
    return Told(
        healthy_categories=tuple(library.healthy_categories),
        core_feature=library.core_feature,
        segments={key: segment.pk for key, segment in segments.items()},
    )


def shelves() -> tuple[Library, list[Shelved]]:
    """Return every preset as it stands here, in as many queries however many there are."""
    library, segments = Library.current(), made()
    known, catalogue = told(library, segments), StoreCatalogue()
    found = []
    for preset in PRESETS:
        shelved = Shelved(
            preset,
            segments.get(preset.key),
            library.counts.get(preset.key),
            library.base,
            missing_for(preset, known, catalogue),
        )
        # A segment's own count is younger than the library's.
        if shelved.segment is not None and shelved.segment.refreshed_at is not None:
            shelved = replace(shelved, customers=shelved.segment.members_count)
        found.append(shelved)
    return library, found


def missing_for(preset: Preset, known: Told, catalogue: StoreCatalogue) -> str:
    """Return what the store lacks for `preset`, "" when it can be used."""
    if preset.is_manual:
        return ""
    if preset.events and not any(name in catalogue.sources for name in preset.events):
        return f"It needs {preset.needs}"
    rules = preset.rules(known)
    if rules is None:
        apart = [key for key in preset.companions if key not in known.segments]
        return "" if apart else f"It needs {preset.needs}"
    return "" if read(rules, catalogue) is not None else f"It needs {preset.needs}"


def read(rules: Rule, catalogue: StoreCatalogue) -> Group | None:
    """Return a preset's rule as a tree, None when this store has not what it asks for."""
    try:
        return parse(rules, catalogue)
    except RuleError:
        return None


def sentence_of(preset: Preset, library: Library, catalogue: StoreCatalogue) -> str:
    """Return a preset's rule in words; "" while it cannot be written down."""
    rules = preset.rules(told(library, made()))
    tree = read(rules, catalogue) if rules is not None else None
    return sentence(tree, catalogue, speech()) if tree is not None else ""


@transaction.atomic
def use_preset(
    key: str, *, by: AbstractBaseUser | None, is_draft: bool = False
) -> tuple[Segment, bool]:
    """Return the segment made of a preset, and whether it is new; raise NotPossible, KeyError.

    Its companions are made first. The rules are the merchant's from then on.
    """
    preset, segments = PRESETS[key], made()
    if key in segments:
        return segments[key], False
    for companion in preset.companions:
        segments[companion], _ = use_preset(companion, by=by)
    known = told(Library.current(), segments)
    missing = missing_for(preset, known, StoreCatalogue())
    rules = preset.rules(known)
    if missing or (rules is None and not preset.is_manual):
        raise NotPossible(missing or f"It needs {preset.needs}")
    name = free_name(preset.label)
    if preset.is_manual:
        segment = create_manual(name=name, by=by, description=preset.summary)
    else:
        segment = save_segment(
            name=name, rules=rules, by=by, description=preset.summary, is_draft=is_draft
        )
    segment.preset = key
    segment.save(update_fields=["preset"])
    return segment, True


def free_name(name: str) -> str:
    """Return `name`, with a number behind it if another segment has it."""
    taken = set(Segment.objects.filter(name__istartswith=name).values_list("name", flat=True))
    folded = {other.casefold() for other in taken}
    candidates = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate.casefold() not in folded)
