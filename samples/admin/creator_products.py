"""What came of each product that was sent."""

from typing import Any

from commerce.admin.page import today
from commerce.patience import TooSlowError, patience
from samples.admin.creator_frame import LOOK, CreatorPageView
from samples.creators.products import SHOWN, ProductResult, product_results
from samples.models import FollowUpSettings
from tenants.pages import Page, register

WAIT_MS = 5_000
PERIODS = ((90, "Last 90 days"), (365, "Last 365 days"), (730, "Last two years"))


class ProductsPage(CreatorPageView):
    """The products sent most, with posts, reach, orders and revenue."""

    template_name = "samples/products.html"
    parent = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on, limits = today(), FollowUpSettings.current()
        asked = self.request.GET.get("days", "")
        days = next((days for days, _ in PERIODS if str(days) == asked), 365)
        rows: list[ProductResult] = []
        problem = ""
        try:
            with patience(WAIT_MS):
                rows = product_results(on=on, days_back=days, result_days=limits.result_days)
        except TooSlowError:
            problem = "Counting this takes too long. Choose a shorter period."
        return super().get_context_data(
            rows=rows, problem=problem, on=on, days=days, periods=PERIODS, limits=limits,
            shown=SHOWN, **kwargs,
        )  # fmt: skip


register(Page("samples_products", "Results", "samples/results/", ProductsPage, LOOK))
