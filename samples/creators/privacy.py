"""What this floor holds about customers who are creators or got samples: told, and forgotten."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from commerce.erasure.parts import PARTS, Moment, Part, People, rows
from samples.creators import erasure
from samples.models import Creator, CreatorHandle, Post, SampleOrder, SampleRequest, UsageRight


def _tell(people: People) -> dict[str, Any] | None:
    creators = Creator.objects.filter(customer__in=people.customers)
    theirs = {"creator__in": creators.values("pk")}
    told = {
        "samples": rows(SampleOrder.objects.filter(customer__in=people.customers)),
        "creator": rows(creators),
        "handles": rows(CreatorHandle.objects.filter(**theirs)),
        "posts": rows(Post.objects.filter(**theirs)),
        "requests": rows(SampleRequest.objects.filter(**theirs)),
        "usage_rights": rows(UsageRight.objects.filter(**theirs)),
    }
    return told if any(told.values()) else None


def _erase(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    count = erasure.erase(people.customers, by=None)
    samples = SampleOrder.objects.filter(customer__in=people.customers)
    return count + samples.update(customer=None)


PARTS.register(Part("samples", "Samples and creators", _erase, _tell))
