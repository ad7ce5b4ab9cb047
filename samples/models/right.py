"""What the merchant may do with a creator's work, and until when."""

from django.conf import settings
from django.db import models

from samples.models.creator import Creator
from samples.models.post import Post


class UsageRight(models.Model):
    """A permission to use posts or pictures, of one post or of everything the creator made."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="rights")
    post = models.ForeignKey(
        Post, models.SET_NULL, null=True, blank=True, related_name="rights", verbose_name="post"
    )
    scope = models.CharField(max_length=500)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day; nothing: for good
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["ends_on", "id"], name="right_by_end")]

    def __str__(self) -> str:
        return f"Usage right {self.pk}"
