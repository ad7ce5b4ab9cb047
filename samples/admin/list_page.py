"""The samples page: cards, tabs, and the list, newest first."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from commerce.admin.contact import sees_contact, shown_name
from commerce.admin.keyset import Page as Rows
from commerce.admin.keyset import Sort, page_of
from commerce.admin.page import today
from commerce.models import Customer
from commerce.patience import TooSlowError, patience
from samples.admin.filters import SampleFilters, keep, kept
from samples.figures import figures, waiting
from samples.finding import narrow
from samples.history import CLASSIFY, is_behind
from samples.links import shopify_address
from samples.models import SampleFilter, SampleOrder, SampleSettings
from tenants import jobs
from tenants.pages import Page, PageView, register

LOOK, CHANGE, CONFIGURE = (
    "samples.view_sampleorder",
    "samples.change_sampleorder",
    "samples.change_samplesettings",
)
PAGE_SIZE = 50
QUICK_MS = 150  # 50 of a million rows in the order of an index take 5
WAIT_MS = 3_000
NEWEST = Sort("new", "Newest", "placed_at", "order_id")
OLDEST = Sort("old", "Oldest", "placed_at", "order_id", descending=False)
SORTS = {sort.key: sort for sort in (NEWEST, OLDEST)}
TONES = {
    SampleOrder.State.PENDING: "seg-pending",
    SampleOrder.State.PARTIAL: "seg-partial",
    SampleOrder.State.FULFILLED: "seg-fulfilled",
    SampleOrder.State.CANCELLED: "",
}


@dataclass(frozen=True)
class Line:
    """One sample as the list shows it."""

    sample: SampleOrder
    buyer: str
    creator: str
    tone: str
    why: str
    shopify: str
    link: str  # where its creator is chosen


class SamplesPage(PageView):
    """What was sent to creators, and how far it is."""

    template_name = "samples/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request = self.request
        filters = SampleFilters(request.GET)
        sort = SORTS.get(request.GET.get("sort", ""), NEWEST)
        rows: Rows[SampleOrder] = Rows(rows=[])
        problem = ""
        if not filters.is_valid():
            problem = "One of the filters cannot be read. See the message beside it."
        else:
            try:
                rows = _rows(request, filters.cleaned_data, sort=sort)
            except TooSlowError:
                problem = "This takes too long. Add a range of dates, or another filter."
        return super().get_context_data(
            filters=filters,
            chips=filters.chips() if filters.is_valid() else [],
            is_asked=filters.is_valid() and any(filters.cleaned_data.values()),
            rows_page=rows,
            lines=lines(rows.rows, sees=sees_contact(request)),
            problem=problem,
            sort=sort,
            sorts=list(SORTS.values()),
            sees_contact=sees_contact(request),
            kept=kept(cast(User, request.user)),
            **_state(),
            **kwargs,
        )


def _rows(request: HttpRequest, asked: dict[str, Any], *, sort: Sort) -> Rows[SampleOrder]:
    """Walk the index for a moment; when hardly anything matches, read and sort what does."""
    with patience(WAIT_MS):  # a search reads its candidates at once
        found = narrow(asked, sees_contact=sees_contact(request))
    found = found.select_related("order", "creator")
    cursor = request.GET.get("page", "")
    try:
        with patience(QUICK_MS):
            return page_of(found, sort=sort, cursor=cursor, size=PAGE_SIZE)
    except TooSlowError:
        with patience(WAIT_MS):
            return page_of(found, sort=sort, cursor=cursor, size=PAGE_SIZE, walks_index=False)


def _state() -> dict[str, Any]:
    """Return whether older orders have been looked through under the present settings."""
    settings, run = SampleSettings.current(), jobs.live(CLASSIFY)
    return {
        "run": run,
        "is_behind": run is None and is_behind(settings),
    }


def lines(samples: Any, *, sees: bool) -> list[Line]:
    """Return samples with buyer and actions: one query for all names."""
    ids = {sample.customer_id for sample in samples if sample.customer_id}
    people = Customer.objects.only("first_name", "last_name", "email", "erased_at").in_bulk(ids)
    found = []
    for sample in samples:
        buyer = sample.order.email_key if sees and sample.order.email_key else "Guest"
        if sample.customer_id in people:
            buyer = shown_name(people[sample.customer_id], sees=sees)
        creator = sample.creator
        found.append(
            Line(
                sample=sample,
                buyer=buyer,
                creator="" if creator is None else creator.name if sees else str(creator),
                tone=TONES[SampleOrder.State(sample.state)],
                why=why(sample),
                shopify=shopify_address(sample.order),
                link=_link(sample),
            )
        )
    return found


def why(sample: SampleOrder) -> str:
    """Say in words what made the order a sample."""
    how = SampleOrder.FoundBy(sample.found_by)
    return how.label if how == how.HAND else f"{how.label} “{sample.found_word.strip()}”"


def _link(sample: SampleOrder) -> str:
    try:
        return reverse("admin:samples_creator_link", args=[sample.pk])
    except NoReverseMatch:
        return ""


def show_figures(request: HttpRequest) -> HttpResponseBase:
    """Answer with the cards: the list does not wait for them."""
    shown = {"figures": figures(), "waiting": waiting(on=today()), "on": today()}
    return TemplateResponse(request, "samples/cards.html", shown)


@require_POST
def keep_filter(request: HttpRequest) -> HttpResponseBase:
    """Keep the list's filters under a name, or forget some."""
    user, query = cast(User, request.user), request.POST.get("query", "")
    forget = request.POST.get("forget", "")
    if forget.isdecimal() and len(forget) < 19:
        SampleFilter.objects.filter(user=user, pk=forget).delete()
    else:
        problem = keep(user, name=request.POST.get("name", ""), query=query)
        if problem:
            messages.error(request, problem)
        else:
            messages.success(request, "Kept. You find it above the list.")
    address = reverse("admin:samples")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


PAGES = (
    Page("samples", "Samples", "samples/", SamplesPage, LOOK),
    Page("samples_figures", "Figures of samples", "samples/figures/", show_figures, LOOK),
    Page("samples_filter", "Keep filters", "samples/filters/", keep_filter, LOOK),
)
for page in PAGES:
    register(page)
