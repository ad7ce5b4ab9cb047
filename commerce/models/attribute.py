"""Custom attributes a merchant declares, so that their values have a kind."""

from django.db import models


class AttributeDefinition(models.Model):
    """One key of `Customer.attributes`. Rules see it as `attr.<key>`."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        MONEY = "money", "Money"
        YES_NO = "yes_no", "Yes or no"
        DATE = "date", "Date"
        MOMENT = "moment", "Date and time"
        LIST = "list", "List"

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.TEXT)
    is_sensitive = models.BooleanField(
        default=False, help_text="Health, diet, age, place: using it needs a permission."
    )

    class Meta:
        ordering = ["label"]
        verbose_name = "custom attribute"

    def __str__(self) -> str:
        return self.label
