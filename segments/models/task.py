"""Something for the team to do, put into the inbox by a trigger."""

from django.conf import settings
from django.db import models

from commerce.models import Customer
from segments.models.trigger import Trigger


class Task(models.Model):
    """One entry of the inbox: what one run of a trigger found, whether one customer or many."""

    trigger = models.ForeignKey(Trigger, models.SET_NULL, null=True, related_name="tasks")
    occasion = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    customers_count = models.PositiveIntegerField(default=0)
    customer = models.ForeignKey(  # when it is about one
        Customer, models.SET_NULL, null=True, related_name="tasks"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trigger", "occasion"], name="task_once_per_run")
        ]
        indexes = [models.Index(fields=["done_at", "-id"], name="task_inbox")]

    def __str__(self) -> str:
        return f"Task {self.pk}"
