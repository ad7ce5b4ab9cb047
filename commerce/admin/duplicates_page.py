"""Customers that look like one person, side by side: merge, keep apart, undo."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from commerce import duplicates, merging
from commerce.admin.contact import place, sees_contact, shown_name
from commerce.models import Customer, CustomerMerge, CustomerMetrics, DuplicateProposal
from commerce.templatetags.facts import count, day, money
from tenants.pages import Page, PageView, register

SHOWN, RECENT = 20, 20
State = DuplicateProposal.State


@dataclass(frozen=True)
class Row:
    """One line of a comparison."""

    label: str
    first: Any
    second: Any

    @property
    def differs(self) -> bool:
        return bool(self.first != self.second)


class DuplicatesPage(PageView):
    template_name = "commerce/duplicates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sees = sees_contact(self.request)
        proposals = _open()
        shown = list(proposals.select_related("first", "second")[:SHOWN])
        numbers = CustomerMetrics.objects.in_bulk(
            [pk for each in shown for pk in (each.first_id, each.second_id)]
        )
        merges = CustomerMerge.objects.filter(undone_at=None).order_by("-merged_at")
        recent = merges.select_related("survivor", "merged_by")[:RECENT]
        return super().get_context_data(
            pairs=[(each, compared(each, numbers=numbers, sees=sees)) for each in shown],
            open_count=proposals.count(),
            merges=[(each, shown_name(each.survivor, sees=sees)) for each in recent],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        step, chosen = request.POST.get("step", ""), request.POST.get("id", "")
        if chosen.isdecimal() and len(chosen) < 19:
            try:
                _act(request, step, int(chosen))
            except merging.MergeRefused as refusal:
                messages.error(request, str(refusal))
        back = request.POST.get("back", "")
        if back.isdecimal() and len(back) < 19:
            return HttpResponseRedirect(reverse("admin:commerce_customer_change", args=[back]))
        return HttpResponseRedirect(request.path)


def compared(
    proposal: DuplicateProposal, *, numbers: dict[int, CustomerMetrics], sees: bool
) -> list[Row]:
    """Return the two customers line by line, contact details only for who may see them."""
    pair = (proposal.first, proposal.second)
    rows = [Row("Name", *(shown_name(each, sees=sees) for each in pair))]
    if sees:
        rows += [
            Row("E-mail", *(each.email for each in pair)),
            Row("Phone", *(each.phone for each in pair)),
            Row("Birthday", *(day(each.birthday) for each in pair)),
        ]
    rows += [
        Row("Place", *(place(each) for each in pair)),
        Row("Tags", *(", ".join(each.tags) for each in pair)),
        Row("Known as", *(_known_as(each, sees=sees) for each in pair)),
    ]
    kept = [numbers.get(each.pk) or CustomerMetrics() for each in pair]
    return [
        *rows,
        Row("Orders", *(count(each.orders_count) for each in kept)),
        Row("Spent", *(money(each.spent) for each in kept)),
        Row("Last order", *(day(each.last_order_on) for each in kept)),
    ]


def _known_as(customer: Customer, *, sees: bool) -> str:
    known = customer.identities.all()
    return ", ".join(str(each) for each in known if sees or "@" not in each.external_id)


def _open() -> QuerySet[DuplicateProposal]:
    rows = DuplicateProposal.objects.filter(state=State.OPEN)
    living = rows.filter(first__merged_into=None, second__merged_into=None)
    return living.prefetch_related("first__identities", "second__identities").order_by("pk")


def _act(request: HttpRequest, step: str, pk: int) -> None:
    if step == "undo":
        if CustomerMerge.objects.filter(pk=pk).exists():
            merging.undo(pk, by=request.user, at=timezone.now())
            messages.success(request, "They are two customers again.")
        return
    proposal = DuplicateProposal.objects.filter(pk=pk, state=State.OPEN).first()
    if proposal is None:
        messages.info(request, "This pair was decided meanwhile.")
    elif step == "apart":
        duplicates.keep_apart(proposal)
        messages.success(request, "They stay two customers and are not proposed again.")
    elif step in ("first", "second"):
        pair = (proposal.first_id, proposal.second_id)
        survivor, absorbed = pair if step == "first" else pair[::-1]
        merging.merge(survivor=survivor, absorbed=absorbed, by=request.user, at=timezone.now())
        messages.success(request, f"Merged into customer {survivor}. You can undo it below.")


register(
    Page(
        key="duplicates",
        label="Duplicates",
        path="duplicates/",
        view=DuplicatesPage,
        permission="commerce.change_customer",
    )
)
