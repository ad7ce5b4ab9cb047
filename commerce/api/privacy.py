"""Answers kept for repeated writes may name a customer for a day: an erasure empties those."""

from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from commerce.erasure.parts import PARTS, Moment, Part, People
from tenants.access.models import Answer


def _erase(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    """Empty what was answered about these customers; that it was done once stays known."""
    theirs = Q(body__customer__in=list(people.customers))
    for pk in people.customers:
        theirs |= Q(body__contains={"id": pk, "identities": []})
    for word in people.words:
        theirs |= Q(body__icontains=word)
    return Answer.objects.filter(theirs, body__isnull=False).update(body=None)


def _tell(people: People) -> Any:
    """Nothing: they are copies of what the other parts tell."""


PARTS.register(Part("answers", "Answers of the API kept for a day", _erase, _tell))
