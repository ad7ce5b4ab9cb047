"""What is kept about customers who are erased and were creators: nothing that names them."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from samples.models import Creator, SampleFollowUp
from tenants import audit


def erase(customers: Sequence[int], *, by: audit.Actor) -> int:
    """Delete the creators that are these customers, and the parcels' links; return how many.

    Their posts, requests and rights name them and go too. The samples stay, linked to nobody.
    Called while the customers' orders still are theirs.
    """
    with transaction.atomic():
        creators = Creator.objects.filter(customer__in=customers)
        theirs = Q(order__customer__in=customers) | Q(creator__in=creators)
        SampleFollowUp.objects.filter(theirs).update(tracking_url="")
        ids = list(creators.values_list("pk", flat=True))
        creators.delete()
        if ids:
            audit.record(by, "erase_creators", Creator, creators=len(ids))
    return len(ids)
