"""Whom samples are sent to, and what came of it in numbers."""

from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.db import models

from commerce.keys import key
from commerce.models import Customer
from commerce.models.order import money
from commerce.text import phone_digits


class Creator(models.Model):
    """Somebody who makes posts about the merchant's products; perhaps a customer too."""

    class Status(models.TextChoices):
        PROSPECT = "prospect", "Prospect"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)  # folded in Python
    email = models.CharField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    phone_key = models.CharField(max_length=64, blank=True)  # digits only
    notes = models.TextField(blank=True, max_length=5_000)
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="creators"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    # Written by samples/creators/figures.py alone, as of `figures_on`; the list sorts by them.
    figures_on = models.DateField(null=True)
    samples_count = models.PositiveIntegerField(default=0)  # not cancelled
    uncosted_count = models.PositiveIntegerField(default=0)  # samples whose goods have no cost
    posts_count = models.PositiveIntegerField(default=0)
    reach = models.PositiveBigIntegerField(default=0)
    orders_count = models.PositiveIntegerField(default=0)
    revenue = money()
    cost = money()  # goods of the samples, and what was paid for posts

    class Meta:
        indexes = [
            models.Index(OpClass("name_key", "varchar_pattern_ops"), name="creator_by_name"),
            models.Index(OpClass("email_key", "varchar_pattern_ops"), name="creator_by_email"),
            models.Index(OpClass("phone_key", "varchar_pattern_ops"), name="creator_by_phone"),
        ]

    def __str__(self) -> str:
        # Nobody's name on purpose: this text reaches logs and audit rows.
        return f"Creator {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row with its folded keys."""
        self.name_key = key(self.name, length=200)
        self.email_key = key(self.email, length=254)
        self.phone_key = phone_digits(self.phone)[:64]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {
                *kwargs["update_fields"], "name_key", "email_key", "phone_key"
            }  # fmt: skip
        super().save(*args, **kwargs)
