"""How often customers may be reached by triggers, and when each last was."""

from django.db import models

from commerce.models import Customer
from segments.models.beside import beside_metrics


class ContactRules(models.Model):
    """The merchant's own limits. One row; without it the defaults hold."""

    most_per_week = models.PositiveSmallIntegerField(default=3)  # messages to one customer
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        verbose_name_plural = "contact rules"


class LastContact(models.Model):
    """When a trigger last reached a customer, and how often triggers have."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="last_contact"
    )
    metrics = beside_metrics("last_contact")
    contacted_on = models.DateField()  # local
    contacts_count = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        default_permissions = ()
