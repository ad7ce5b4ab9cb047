"""Part `recount`: everything counted again after a change of the order policy, and its preview."""

from pathlib import Path

from benchmarks import merchant
from benchmarks.measure import Report, timed
from commerce import policy
from commerce.models import OrderPolicy
from commerce.rebuild import REBUILD
from segments import services
from tenants import jobs
from tenants.schema import connection

Spend = OrderPolicy.Spend
# A tenth of the orders is taxed, so that whether tax counts changes a tenth of the store.
_TAXED = "UPDATE commerce_order SET tax_total = 2 WHERE id % 10 = 0 AND tax_total = 0"
LIMIT = 1_800  # seconds a compute run may take


def measure(folder: Path, report: Report) -> None:
    """Let tax count as spend, or no longer; one run over every order."""
    with merchant.inside():
        wish = OrderPolicy.current()
        wish.spend = Spend.ITEMS if wish.spend == Spend.ITEMS_TAX else Spend.ITEMS_TAX
        with connection.cursor() as cursor:
            cursor.execute(_TAXED)
        with timed() as clock:
            policy.preview(wish, on=services.local_today())
        report.seconds("what counting tax as spend would change", clock.seconds)
        params = {"policy": {"spend": wish.spend, "excluded_reasons": wish.excluded_reasons}}
        with timed() as clock:
            jobs.run_now(REBUILD, params=params)
        seconds = clock.seconds
        what = "everything counted again, a tenth of the orders changed"
        report.add(what, f"{seconds:.0f} s", f"<= {LIMIT} s", ok=seconds <= LIMIT)
