"""Which merchant an account at a platform belongs to: what webhooks and callbacks are led by."""

from django.db import models

from tenants.models.tenant import Tenant


class ExternalAccount(models.Model):
    """An account at a platform, by the key the platform names it with. Holds no secret."""

    provider = models.CharField(max_length=32)  # "shopify"
    key = models.CharField(max_length=191)  # the shop's domain
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="external_accounts")
    # Not live: disconnected. Kept, for the platform may still have something to say about it.
    is_live = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "key", "tenant"], name="account_once_per_tenant"
            ),
            models.UniqueConstraint(
                fields=["provider", "key"],
                condition=models.Q(is_live=True),
                name="account_of_one_tenant",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "provider"], name="account_of_tenant")]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"
