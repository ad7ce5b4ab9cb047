"""The page of a merchant's Shopify messages: what comes in, what waits, what was set aside."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from integrations.models import ShopifyDelivery, ShopifyHooks, ShopifyStore
from integrations.shopify.webhooks.accepting import JOB
from integrations.shopify.webhooks.jobs import HOOKS_JOB
from integrations.shopify.webhooks.topics import ASKED_FOR
from tenants import audit, jobs
from tenants.pages import Page, PageView, register

SHOWN = 100
State = ShopifyDelivery.State


class MessagesPage(PageView):
    template_name = "integrations/shopify_messages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        aside = ShopifyDelivery.objects.filter(state=State.QUARANTINED).select_related("store")
        return super().get_context_data(
            stores=[_store(store) for store in ShopifyStore.objects.all()],
            aside=[_line(row) for row in aside.order_by("-id")[:SHOWN]],
            aside_count=aside.count(),
            topics=_topics(),
            run=jobs.live(JOB),
            checking=jobs.live(HOOKS_JOB),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the webhooks now, try messages again, or drop them."""
        step = request.POST.get("step", "")
        if step == "check":
            jobs.live(HOOKS_JOB) or jobs.start(HOOKS_JOB)
            messages.success(request, "The webhooks are being checked.")
        elif step in ("again", "drop"):
            count = _settle(request, is_again=step == "again")
            done = "tried again" if step == "again" else "dropped"
            messages.success(request, f"{count} message{'s' * (count != 1)} {done}.")
        return HttpResponseRedirect(request.path)


def _settle(request: HttpRequest, *, is_again: bool) -> int:
    """Do with one message, or all that were set aside, what was asked; return how many."""
    rows = ShopifyDelivery.objects.filter(state=State.QUARANTINED)
    typed = request.POST.get("message", "")
    if typed.isdecimal() and len(typed) < 18:
        rows = rows.filter(pk=int(typed))
    if is_again:
        rows = rows.exclude(body=None)
        count = rows.update(
            state=State.WAITING, attempts=0, not_before=None, error="", done_at=None
        )
        jobs.wake(JOB)
    else:
        count = rows.update(state=State.DONE, body=None)
    if count:
        audit.record(request.user, "shopify_messages", ShopifyDelivery, again=is_again, rows=count)
    return count


def _store(store: ShopifyStore) -> dict[str, Any]:
    hooks = ShopifyHooks.objects.filter(store=store).first()
    found = ShopifyDelivery.objects.filter(store=store).aggregate(
        last=Max("received_at"), waiting=Count("pk", filter=Q(state=State.WAITING))
    )
    there = hooks.topics if hooks else {}
    return {
        "store": store,
        "hooks": hooks,
        "there": sum(topic in there for topic in ASKED_FOR),
        "wanted": len(ASKED_FOR),
        "refused": sorted((hooks.refused if hooks else {}).items()),
        "has_secret": bool(store.client_secret),
        **found,
    }


def _line(row: ShopifyDelivery) -> dict[str, Any]:
    return {"row": row, "topic": _words(row.topic), "may_try": row.body is not None}


def _topics() -> list[dict[str, Any]]:
    rows = ShopifyDelivery.objects.values("topic").order_by("topic")
    found = rows.annotate(count=Count("pk"), last=Max("received_at"))
    return [{**row, "topic": _words(row["topic"])} for row in found[:SHOWN]]


def _words(topic: str) -> str:
    return topic.replace("_", " ").capitalize()


register(
    Page(
        "shopify_messages",
        "Messages from Shopify",
        "integrations/shopify-messages/",
        MessagesPage,
        "access.manage_keys",
    )
)
