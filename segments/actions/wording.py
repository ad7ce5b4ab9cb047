"""What happened, in words: of a trigger, of one run of it."""

from segments import scores
from segments.actions import finding_words
from segments.models import Segment, Trigger
from tenants.access.models import Effect


def customers(count: int) -> str:
    """Return “1 customer”, “1,200 customers”."""
    return "1 customer" if count == 1 else f"{count:,} customers"


def score_label(key: str) -> str:
    """Return what a score is called."""
    model = scores.SCORES.get(key)
    return model.label if model else "RFM" if key == scores.RFM else key


def score_keys(score: str) -> list[tuple[str, str]]:
    """Return key and label of the segments, stages or bands of a score."""
    if score == scores.RFM:
        rows = Segment.objects.filter(kind=Segment.Kind.RFM).order_by("pk")
        return list(rows.values_list("key", "name"))
    return list(scores.labels_of(score))


def key_label(score: str, key: str) -> str:
    """Return what a segment, stage or band of a score is called."""
    return dict(score_keys(score)).get(key) or key.replace("_", " ").capitalize()


def keys_in_words(score: str, keys: list[str]) -> str:
    """Return “Loyal or Champions”."""
    return " or ".join(key_label(score, key) for key in keys)


def watches(trigger: Trigger) -> str:
    """Say what sets the trigger off: “entering Champions”."""
    if trigger.on == Trigger.On.FOUND:
        return finding_words.WORDS[trigger.finding].watched
    if trigger.segment is not None:
        verb = "entering" if trigger.on == Trigger.On.ENTERED else "leaving"
        return f"{verb} {trigger.segment.name}"
    words = f"{score_label(trigger.score)} moving"
    if trigger.from_keys:
        words += f" from {keys_in_words(trigger.score, trigger.from_keys)}"
    return words + (
        f" to {keys_in_words(trigger.score, trigger.to_keys)}" if trigger.to_keys else ""
    )


def happened(trigger: Trigger, *, count: int) -> str:
    """Say what one run found: “12 customers entered Champions”."""
    if trigger.on == Trigger.On.FOUND:
        return finding_words.happened(trigger.finding, count=count)
    who = customers(count)
    if trigger.segment is not None:
        verb = "entered" if trigger.on == Trigger.On.ENTERED else "left"
        return f"{who} {verb} {trigger.segment.name}"
    words = f"{who} moved in {score_label(trigger.score)}"
    if trigger.from_keys:
        words += f" from {keys_in_words(trigger.score, trigger.from_keys)}"
    return words + (
        f" to {keys_in_words(trigger.score, trigger.to_keys)}" if trigger.to_keys else ""
    )


def count_of(trigger: Trigger, *, occasion: str) -> int:
    """Return how many customers one run concerns, those left out apart."""
    rows = Effect.objects.filter(consumer=trigger.consumer, occasion=occasion)
    return rows.exclude(state=Effect.State.SKIPPED).count()
