"""Settings as somebody wishes them: read, refused in words, saved."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from commerce.text import fold
from samples.history import CLASSIFY, is_behind
from samples.models import SampleSettings
from tenants import audit, jobs
from tenants.models import Run

MOST_TAGS = 200  # of a kind: every chip stays readable, every query short
MOST_PATTERNS = 50
LONGEST = 255
LISTS = {"ugc_tags": MOST_TAGS, "tiktok_tags": MOST_TAGS, "channel_patterns": MOST_PATTERNS}
NAMES = {
    "ugc_tags": "UGC tags",
    "tiktok_tags": "TikTok tags",
    "channel_patterns": "Channel patterns",
    "zero_price_only": "Only orders that cost nothing",
}


class DraftRefused(Exception):  # noqa: N818 - a state
    """Nothing was saved. `problems`: field → what is wrong with it, in words."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class Draft:
    """The settings asked for, tidied: trimmed, nothing twice."""

    ugc_tags: list[str]
    tiktok_tags: list[str]
    channel_patterns: list[str]
    zero_price_only: bool

    @classmethod
    def now(cls) -> "Draft":
        """Return the settings as they are saved."""
        return cls.of(SampleSettings.current())

    @classmethod
    def of(cls, row: SampleSettings) -> "Draft":
        """Return the settings of `row`."""
        return cls(**{name: getattr(row, name) for name in NAMES})

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Draft":
        """Return the draft that `as_json` gave."""
        return cls(**{name: values[name] for name in NAMES})

    def as_json(self) -> dict[str, Any]:
        """Return the draft for a run's parameters."""
        return asdict(self)


def read(values: Mapping[str, Any], *, base: Draft | None = None) -> Draft:
    """Return the draft that `values` ask for, what they leave out as in `base`.

    Raise DraftRefused naming every field that cannot be.
    """
    wish, problems = asdict(base or Draft.now()), {}
    for name, value in values.items():
        if name not in NAMES:
            known = ", ".join(NAMES)
            problems[name] = f"There is no setting “{name[:60]}”. The settings are: {known}."
        elif name == "zero_price_only":
            problem = "" if isinstance(value, bool) else f"{NAMES[name]}: write true or false."
            problems |= {name: problem} if problem else {}
            wish[name] = value
        else:
            wish[name], problem = _words(value, name=name)
            problems |= {name: problem} if problem else {}
    if problems:
        raise DraftRefused(problems)
    return Draft(**wish)


def save(draft: Draft, *, by: audit.Actor) -> Run | None:
    """Save the settings and start looking through all orders; None when nothing changed."""
    with transaction.atomic():
        SampleSettings.objects.bulk_create([SampleSettings(pk=1)], ignore_conflicts=True)
        row = SampleSettings.objects.select_for_update().get(pk=1)
        if Draft.of(row) == draft and not is_behind(row):
            return None
        facts = _differences(Draft.of(row), draft)
        for name in NAMES:
            setattr(row, name, getattr(draft, name))
        row.revision += 1
        row.save(update_fields=[*NAMES, "revision"])
        audit.record(by, "samples_settings", row, **facts)
        return jobs.start(CLASSIFY)


def _words(value: Any, *, name: str) -> tuple[list[str], str]:
    """Return the words tidied, and what is wrong with them."""
    label, most = NAMES[name], LISTS[name]
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        return [], f"{label}: give a list of texts."
    words = _once(value)
    if any(not word.strip() for word in value):
        return [], f"{label}: one entry is empty. Take it out."
    if len(words) > most:
        return [], f"{label}: use at most {most}; these are {len(words)}."
    long = next((word for word in words if len(word) > LONGEST or "\0" in word), "")
    if long:
        return [], f"{label}: “{long[:40]}…” is longer than {LONGEST} characters."
    if name == "channel_patterns":
        wide = next((word for word in words if not fold(word).strip("%").strip()), "")
        if wide:
            return [], f"{label}: “{wide}” would match every order. Add letters to it."
    return words, ""


def _once(words: Iterable[str]) -> list[str]:
    """Return the words trimmed, without empty ones and none twice, compared folded."""
    found: dict[str, str] = {}
    for word in words:
        if fold(word):
            found.setdefault(fold(word), word.strip())
    return list(found.values())


def _differences(before: Draft, after: Draft) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, old in asdict(before).items():
        new = getattr(after, name)
        if old == new:
            continue
        if isinstance(old, bool):
            facts[name] = f"{'yes' if old else 'no'} → {'yes' if new else 'no'}"
        else:
            facts[f"{name}_added"] = sorted(set(new) - set(old))
            facts[f"{name}_removed"] = sorted(set(old) - set(new))
    return facts
