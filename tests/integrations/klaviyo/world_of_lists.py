"""People, segments and links for the tests of list syncs."""

import datetime as dt

from django.utils import timezone

from commerce.models import Customer
from integrations.errors import TryLater
from integrations.klaviyo.client import Clock
from integrations.klaviyo.jobs import log_of
from integrations.klaviyo.opening import open_client
from integrations.klaviyo.syncing import Sync
from integrations.models import KlaviyoList
from segments.models import Membership, Segment
from tenants.progress import Silence

State = KlaviyoList.State


def people(count, *, start=0, **facts):
    """Make customers with addresses, set-based."""
    rows = [
        Customer(email=f"p{n}@example.com", email_key=f"p{n}@example.com", **facts)
        for n in range(start, start + count)
    ]
    return Customer.objects.bulk_create(rows, batch_size=5_000)


def segment(*members, name="Champions", kind="rules"):
    """Make a segment with these members."""
    made = Segment.objects.create(name=name, slug=name.lower().replace(" ", "-"), kind=kind)
    enter(made, *members)
    return made


def enter(made, *members):
    at = timezone.now()
    rows = [Membership(segment=made, customer=one, since=at) for one in members]
    Membership.objects.bulk_create(rows, batch_size=5_000)


def leave(made, *members):
    Membership.objects.filter(segment=made, customer__in=members).delete()


def link(account, made, group, **facts):
    """Keep a segment and a list in step, past the look before it begins."""
    facts = {"state": State.ACTIVE, "name": group.name} | facts
    return KlaviyoList.objects.create(account=account, segment=made, list_id=group.id, **facts)


def clock_of(world):
    return Clock(now=world.clock.now, sleep=world.clock.advance)


class Pass:
    """Runs syncs on the sandbox's clock, waiting as the database would."""

    def __init__(self, world):
        self.world, self.number = world, 0

    def __call__(self, row, *, is_dry=False, most_waits=50):
        """Sync a list to its end and return its log."""
        self.number += 1
        row = KlaviyoList.objects.select_related("account", "segment").get(pk=row.pk)
        counts = {}
        for _ in range(most_waits):
            at = dt.datetime.fromtimestamp(self.world.clock.now(), dt.UTC)
            log = log_of(row, run=self.number, is_dry=is_dry, at=at)
            try:
                with open_client(row.account, clock=clock_of(self.world)) as client:
                    Sync(client, row, log, at, Silence(), counts).run()
            except TryLater as later:
                self.world.clock.advance(later.seconds or 5.0)
                continue
            log.refresh_from_db()
            return log
        raise AssertionError("the sync waits for ever")


def in_list(group, account):
    """Return the addresses of who is in a list at Klaviyo."""
    return {account.profiles[id].email for id in group.members}
