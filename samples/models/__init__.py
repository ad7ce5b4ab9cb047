"""Which orders are samples, why, and in what state they are."""

from samples.models.decision import SampleDecision
from samples.models.order import SampleOrder
from samples.models.saved_filter import SampleFilter
from samples.models.settings import SampleSettings

__all__ = ["SampleDecision", "SampleFilter", "SampleOrder", "SampleSettings"]
