"""Which customers have changed since each consumer last looked."""

from django.db import models


class StaleCustomer(models.Model):
    """A mark for one consumer. No customer means everybody.

    Append-only and without a unique key on purpose: a consumer deletes the marks it saw in its
    own transaction, an ingest that commits meanwhile adds new ones, and neither waits.
    """

    consumer = models.CharField(max_length=32)
    customer_id = models.BigIntegerField(null=True)
    facts = models.CharField(max_length=64)  # what changed: profile, orders, event:<name>
    cause = models.CharField(
        max_length=20
    )  # data, import, merge, order_policy … the ledger's closed list

    class Meta:
        indexes = [models.Index(fields=["consumer"], name="stale_by_consumer")]
