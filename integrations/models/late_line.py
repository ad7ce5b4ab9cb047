"""Children of a bulk file that stood apart from their parent, until the parent has landed."""

from django.db import models

from integrations.models.shopify_load import ShopifyLoad


class ShopifyLateLine(models.Model):
    """A line of an order that was not read together with it."""

    load = models.ForeignKey(ShopifyLoad, models.CASCADE, related_name="late_lines", db_index=False)
    parent = models.BigIntegerField()  # the number in the order's gid
    body = models.JSONField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["load", "parent"], name="late_line_by_parent")]
