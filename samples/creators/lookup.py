"""Finding creators and samples by what somebody types."""

from django.db.models import Q, QuerySet

from commerce.text import fold, phone_digits
from samples.creators.handles import handle_key, handle_of
from samples.models import Creator, SampleOrder


def creators_matching(text: str, *, sees_contact: bool) -> "QuerySet[Creator]":
    """Return creators by name, handle, e-mail, phone, code or number.

    Without the right to see contact details only by number and code.
    """
    key = fold(text)
    asked = Q(codes__code_key=key)
    if key.removeprefix("creator").strip().isdecimal():
        number = key.removeprefix("creator").strip()
        asked |= Q(pk=int(number)) if len(number) < 19 and number.isascii() else Q(pk__in=[])
    if sees_contact and key:
        asked |= Q(name_key__contains=key) | Q(email_key__startswith=key)
        asked |= Q(handles__handle_key__contains=_handle(text) or key)
        if len(phone_digits(text)) >= 4:
            asked |= Q(phone_key__contains=phone_digits(text))
    # A sub-query: one row a creator, and pages that walk the creators alone.
    return Creator.objects.filter(pk__in=Creator.objects.filter(asked).values("pk"))


def one_creator(text: str) -> Creator | None:
    """Return the one creator that `text` names exactly, as forms write and people type it."""
    key = fold(text)
    _, _, tail = key.rpartition("#")
    if tail.isascii() and tail.isdecimal() and len(tail) < 19:
        return Creator.objects.filter(pk=int(tail)).first()
    named = Q(name_key=key) | Q(handles__handle_key=_handle(text)) | Q(email_key=key)
    rows = list(Creator.objects.filter(named).distinct()[:2]) if key else []
    return rows[0] if len(rows) == 1 else None


def written(creator: Creator) -> str:
    """Return a creator as a box writes them: `one_creator` reads it back."""
    return f"{creator.name} #{creator.pk}"


def one_sample(text: str) -> SampleOrder | None:
    """Return the one sample whose order number is `text`, with or without “#”."""
    bare = text.strip().lstrip("#")
    if not bare:
        return None
    rows = SampleOrder.objects.filter(order__number__in=(bare, f"#{bare}"))
    found = list(rows.select_related("order").order_by("-placed_at")[:2])
    return found[0] if len(found) == 1 else None


def _handle(text: str) -> str:
    try:
        return handle_key(handle_of(text))
    except ValueError:
        return ""
