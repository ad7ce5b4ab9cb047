"""How an empty merchant's schema is made in one go, by this version of the code."""

from django.db import models


class Blueprint(models.Model):
    """The statements of all migrations of a merchant's schema, drawn when `public` is upgraded."""

    version = models.CharField(max_length=64, primary_key=True)  # tenants.versions.current_version
    statements = models.TextField()
    # [app, name] of the migrations these statements are, in the order in which they ran.
    migrations = models.JSONField()

    def __str__(self) -> str:
        return self.version
