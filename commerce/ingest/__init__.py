"""The one way in for facts: neutral records, staged by COPY, applied set-based and idempotently.

A caller stages records (`staging`), or fills the staging tables itself, and calls `apply` in the
transaction that also moves its cursor: page and cursor land together or not at all.
"""

from commerce.ingest.apply import Applied, Ingest, apply, ingest
from commerce.ingest.follow import catch_up
from commerce.ingest.records import EventRecord, LineRecord, OrderRecord, PersonRecord, RefundRecord
from commerce.ingest.staging import analyze_store

__all__ = [
    "Applied",
    "EventRecord",
    "Ingest",
    "LineRecord",
    "OrderRecord",
    "PersonRecord",
    "RefundRecord",
    "analyze_store",
    "apply",
    "catch_up",
    "ingest",
]
