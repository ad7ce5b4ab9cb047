"""The words a merchant's sources use: spellings of low-cardinality text, and names of events."""

from django.db import models


class Spelling(models.Model):
    """A text as a source wrote it, beside its folded form, under the column that holds it.

    A channel has few spellings and millions of rows: rules look the spellings up here and then
    compare the column exactly. `column` is "order.channel", "line.vendor", "event.<name>.<key>".
    """

    column = models.CharField(max_length=200)
    key = models.CharField(max_length=255)  # folded
    value = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["column", "value"], name="spelling_once")]
        indexes = [models.Index(fields=["column", "key"], name="spelling_by_key")]


class EventName(models.Model):
    """An event the store has data for, and the kinds of the properties its data has shown."""

    name = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100)
    properties = models.JSONField(default=dict)  # key → kind of AttributeDefinition

    class Meta:
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label
