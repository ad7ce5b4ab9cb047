"""How many samples there are, by day, type and state, so that nobody counts a million of them."""

from django.db import models

from commerce.models.order import money
from samples.models.order import SampleOrder


class SampleTally(models.Model):
    """What was added to a day's count, or taken from it; a day's figures are the sum of its rows.

    Rows are only appended, so writers never wait for each other; `samples.tallies` adds them up.
    """

    placed_on = models.DateField()
    kind = models.CharField(max_length=8, choices=SampleOrder.Kind)
    state = models.CharField(max_length=10, choices=SampleOrder.State)
    samples = models.IntegerField()
    costed = models.IntegerField()  # with a known cost of goods
    cost = money()
    dated = models.IntegerField()  # sent on a day that is known
    days = models.BigIntegerField()  # from ordering to sending, of those together

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.placed_on}, {self.kind}, {self.state}"
