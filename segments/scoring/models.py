"""All scoring models beside RFM: importing this module fills the registry."""

from segments.scoring.engagement import model as engagement
from segments.scoring.lifecycle import model as lifecycle
from segments.scoring.lifecycle import segments
from segments.scoring.pql import model as pql

__all__ = ["engagement", "lifecycle", "pql", "segments"]
