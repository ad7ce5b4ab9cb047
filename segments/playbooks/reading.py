"""Which playbook holds for whom: the merchant's own, else the shipped one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from segments.models import (
    EngagementScore,
    LifecycleStage,
    Playbook,
    PqlScore,
    RfmScore,
    Segment,
)
from segments.playbooks.shipped import SHIPPED
from segments.scores import SCORES
from segments.scoring.rfm.maps import LABELS

KINDS = {"stage": "lifecycle", "band": "engagement", "pql": "pql"}


@dataclass(frozen=True)
class Book:
    """A playbook as pages show it."""

    subject: str
    of: str  # "Stage: Trial"
    tone: str
    focus: str
    urgency: str
    channels: tuple[str, ...]
    cadence: str
    content: tuple[str, ...]
    is_own: bool = False

    @property
    def urgency_label(self) -> str:
        """Urgency in words."""
        return str(Playbook.Urgency(self.urgency).label)


def books(subjects: Iterable[str]) -> list[Book]:
    """Return the playbooks of these subjects, in their order; one without any is left out."""
    wanted = list(subjects)
    own = {row.subject: row for row in Playbook.objects.filter(subject__in=wanted)}
    names = _names(wanted)
    found = []
    for subject in wanted:
        source: Any = own.get(subject) or SHIPPED.get(subject)
        if source is not None:
            found.append(_book(subject, names[subject], source, is_own=subject in own))
    return found


def _book(subject: str, name: str, source: Any, *, is_own: bool) -> Book:
    return Book(
        subject=subject,
        of=name,
        tone=source.tone,
        focus=source.focus,
        urgency=source.urgency,
        channels=tuple(source.channels),
        cadence=source.cadence,
        content=tuple(source.content),
        is_own=is_own,
    )


def _names(subjects: list[str]) -> dict[str, str]:
    """Return what each subject is called; labels are read once a score."""
    kinds = {subject.partition(":")[0] for subject in subjects} & KINDS.keys()
    labels = {kind: dict(SCORES[KINDS[kind]].choices()) for kind in kinds}
    ids = [subject.partition(":")[2] for subject in subjects if subject.startswith("segment:")]
    segments = dict(Segment.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    words = {"stage": "Stage", "band": "Engagement", "pql": "PQL", "rfm": "RFM"}
    found = {}
    for subject in subjects:
        kind, _, key = subject.partition(":")
        if kind == "segment":
            found[subject] = f"Segment: {segments.get(int(key), 'deleted')}"
            continue
        label = LABELS.get(key) if kind == "rfm" else labels.get(kind, {}).get(key)
        found[subject] = f"{words.get(kind, kind)}: {label or key.replace('_', ' ').capitalize()}"
    return found


def all_subjects() -> list[str]:
    """Return every subject a playbook may be written for: stages, bands, RFM, own segments."""
    found = [f"{kind}:{key}" for kind, model in KINDS.items() for key, _ in SCORES[model].choices()]
    found += [f"rfm:{key}" for key in LABELS if f"rfm:{key}" in SHIPPED]
    own = Segment.objects.exclude(kind__in=(Segment.Kind.RFM, Segment.Kind.LIFECYCLE))
    rows = own.exclude(state=Segment.State.ARCHIVED).order_by("name").values_list("pk", flat=True)
    return [*found, *(f"segment:{pk}" for pk in rows[:200])]


def subject_of_segment(segment: Segment) -> str:
    """Return the subject of a segment's playbook: its stage or RFM segment, if it is one."""
    if segment.kind == Segment.Kind.LIFECYCLE:
        return f"stage:{segment.key}"
    return f"rfm:{segment.key}" if segment.kind == Segment.Kind.RFM else f"segment:{segment.pk}"


def playbooks_of_customer(customer: Any) -> list[Book]:
    """Return what to do with a customer: by stage, readiness to buy, engagement, RFM segment.

    Two that say the same are said once.
    """
    keys = (
        ("stage", LifecycleStage, "stage"),
        ("pql", PqlScore, "band"),
        ("band", EngagementScore, "band"),
        ("rfm", RfmScore, "segment"),
    )
    subjects = []
    for kind, model, column in keys:
        key = model.objects.filter(customer=customer).values_list(column, flat=True).first()  # type: ignore[attr-defined]
        if key:
            subjects.append(f"{kind}:{key}")
    seen: set[tuple[Any, ...]] = set()
    found = []
    for book in books(subjects):
        said = (book.tone, book.focus, book.cadence, book.content)
        if said not in seen:
            found.append(book)
        seen.add(said)
    return found
