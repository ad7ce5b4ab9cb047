"""Anything a customer did that is not an order: an e-mail opened, a session, a review."""

from django.db import models

from commerce.models.customer import Customer


class Event(models.Model):
    """One occurrence of a named event, with the properties its source gave."""

    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="events", db_index=False
    )
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=191)
    name = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    occurred_on = models.DateField()  # local
    occurred_hour = models.PositiveSmallIntegerField()
    properties = models.JSONField(default=dict)
    import_id = models.BigIntegerField(null=True, blank=True)  # the file it came in last

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="event_unique")
        ]
        indexes = [
            models.Index(fields=["customer", "name", "occurred_on"], name="event_by_customer"),
            models.Index(fields=["name", "occurred_on"], name="event_by_name"),
        ]
