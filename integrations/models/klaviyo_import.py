"""Bulk imports that Klaviyo has taken and not finished yet."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from integrations.models.klaviyo_account import KlaviyoAccount
from integrations.models.klaviyo_list import KlaviyoList


class KlaviyoImport(models.Model):
    """Written as soon as Klaviyo named the job; goes once its rows are settled."""

    account = models.ForeignKey(KlaviyoAccount, models.CASCADE, related_name="imports")
    list = models.ForeignKey(KlaviyoList, models.CASCADE, null=True, related_name="imports")
    job_id = models.CharField(max_length=64)
    customers = ArrayField(models.BigIntegerField())  # in the order of the rows that were sent
    is_retry = models.BooleanField(default=False)  # with the e-mail alone, after a conflict
    asked_at = models.DateTimeField()
    looks = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
