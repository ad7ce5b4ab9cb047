"""What Klaviyo's tables hold about customers: erased with them, told to them, moved in a merge."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from commerce.erasure.parts import PARTS, Moment, Part, People
from commerce.merging import MERGE_PARTS, MergePart
from integrations.models import KlaviyoMember, KlaviyoPerson, KlaviyoRefusal


def _erase(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    """Forget addresses and what was refused; a place in a list stays until they are out of it.

    The next sync takes them out at Klaviyo by the profile's number, which then goes too.
    """
    count = KlaviyoPerson.objects.filter(customer__in=people.customers).update(email="", phone="")
    return count + KlaviyoRefusal.objects.filter(customer__in=people.customers).delete()[0]


def _tell(people: People) -> Any:
    known = KlaviyoPerson.objects.filter(customer__in=people.customers)
    lists = KlaviyoMember.objects.filter(customer__in=people.customers, is_there=True)
    told = {
        "profiles": list(known.values("profile_id", "email", "phone")),
        "lists": list(lists.values("list__name", "joined_at")),
    }
    return told if any(told.values()) else None


def _move(cursor: CursorWrapper, survivor: int, absorbed: int) -> Any:
    """Nothing moves: the absorbed leave the segments, and so the lists, by the next sync."""
    return None


def _restore(cursor: CursorWrapper, survivor: int, absorbed: int, moved: Any) -> None:
    """Parted, they enter their segments and lists again."""


PARTS.register(Part("klaviyo", "Klaviyo", _erase, _tell))
MERGE_PARTS.register(MergePart("klaviyo", "Klaviyo", _move, _restore))
