"""Samples that look like known creators': accepted one by one or all, declined, undone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone

from commerce.admin.contact import sees_contact, shown_name
from samples.admin.creator_frame import LOOK, CreatorPageView, creator_name, number
from samples.creators import linking
from samples.creators.profiles import JOB
from samples.models import LinkBatch, LinkSuggestion, SampleOrder
from tenants import jobs
from tenants.pages import Page, register

SHOWN, BATCHES = 50, 10
State = LinkSuggestion.State


class SuggestionsPage(CreatorPageView):
    """What the background work found, and the latest links with their undo."""

    template_name = "samples/creator_suggestions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sees = sees_contact(self.request)
        is_open = LinkSuggestion.objects.filter(state=State.OPEN)
        shown = list(is_open.select_related("creator", "order__customer").order_by("-pk")[:SHOWN])
        samples = SampleOrder.objects.in_bulk([each.order_id for each in shown])
        batches = LinkBatch.objects.filter(undone_at=None).select_related("made_by")
        return super().get_context_data(
            open_count=is_open.count(),
            lines=[
                {
                    "suggestion": each,
                    "sample": samples.get(each.order_id),
                    "name": creator_name(each.creator, sees=sees),
                    "customer": shown_name(each.order.customer, sees=sees)
                    if each.order.customer
                    else "Guest",
                }
                for each in shown
            ],
            batches=list(batches.order_by("-pk")[:BATCHES]),
            run=jobs.latest(JOB),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _act(request, request.POST.get("step", ""), number(request.POST.get("id")))
        return HttpResponseRedirect(request.path)


def _act(request: HttpRequest, step: str, pk: int) -> None:
    rows = LinkSuggestion.objects.filter(state=State.OPEN)
    if step == "undo":
        try:
            count = linking.undo(pk, by=request.user, at=timezone.now())
        except linking.LinkRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{count} samples are as they were before.")
        return
    if step == "all":
        chosen = rows.order_by("-pk")
    elif step in ("accept", "decline"):
        chosen = rows.filter(pk=pk)
    else:
        return
    if step == "decline":
        chosen.update(state=State.DECLINED)
        messages.success(request, "It is not suggested again.")
        return
    pairs = dict(chosen.values_list("order_id", "creator_id"))
    linking.link(pairs, by=request.user, at=timezone.now())
    plural = "sample is" if len(pairs) == 1 else "samples are"
    messages.success(request, f"{len(pairs)} {plural} linked. You can undo it below.")


register(
    Page(
        "samples_creator_suggestions",
        "Suggested links",
        "samples/creators/suggestions/",
        SuggestionsPage,
        LOOK,
    )
)
