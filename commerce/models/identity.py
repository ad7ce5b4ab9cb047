"""Under which ids the sources know a customer, and which customers turned out to be one."""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models

from commerce.models.customer import Customer


class DataSource(models.Model):
    """Where records come from: a CSV feed, a Shopify store."""

    key = models.CharField(max_length=64, unique=True)  # "csv", "shopify:greenshop"
    label = models.CharField(max_length=100)
    is_primary = models.BooleanField(default=False, help_text="Exports show this source's id.")
    shares_people = models.BooleanField(
        default=True,
        help_text="The same people as in the other sources: "
        "an unknown id with a known e-mail is that customer.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_primary"],
                condition=models.Q(is_primary=True),
                name="source_one_primary",
            )
        ]

    def __str__(self) -> str:
        return self.label


class CustomerIdentity(models.Model):
    """One source's id of a customer. A customer may have several."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=191)

    class Meta:
        verbose_name_plural = "customer identities"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="identity_unique")
        ]
        indexes = [
            models.Index(
                OpClass("external_id", "varchar_pattern_ops"), name="identity_by_external_id"
            ),  # the search, by leading text
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class CustomerMerge(models.Model):
    """Two customers made one, with what moved, so that it can be undone."""

    survivor = models.ForeignKey(Customer, models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Customer, models.CASCADE, related_name="merged_by")
    moved = models.JSONField(default=dict)  # table → ids that were re-pointed
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)


class DuplicateProposal(models.Model):
    """Two customers that look like one person; staff decide."""

    class State(models.TextChoices):
        OPEN = "open", "To decide"
        MERGED = "merged", "Merged"
        KEPT_APART = "kept_apart", "Kept apart"

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="duplicate_once")]
