"""One list: how it stands, what a sync would do or did, whom Klaviyo does not take."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from integrations.klaviyo import jobs as klaviyo_jobs
from integrations.klaviyo import links
from integrations.klaviyo.admin.account_page import CHANGE, LOOK
from integrations.klaviyo.words import badge_of, skipped_in_words
from integrations.models import KlaviyoList
from tenants.pages import Page, PageView, register

SHOWN_RUNS, SHOWN_REFUSALS = 20, 50


class ListPage(PageView):
    """The page of a list that is kept in step."""

    template_name = "integrations/klaviyo/list.html"
    parent = "klaviyo"

    @property
    def link(self) -> KlaviyoList:
        """The list the address names; raises Http404 when there is none."""
        rows = KlaviyoList.objects.select_related("account", "segment")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.link.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        link = self.link
        live = next(
            (run for run in klaviyo_jobs.live_runs() if run.params.get("list") == link.pk), None
        )
        look = link.runs.filter(is_dry=True).first()
        refusals = link.refusals.select_related("customer").order_by("-last_seen_at")
        return super().get_context_data(
            link=link,
            badge=badge_of(link),
            run=live,
            look=look if look and look.ended_at else None,
            look_skipped=skipped_in_words(look.skipped) if look else [],
            logs=[
                (log, skipped_in_words(log.skipped))
                for log in link.runs.filter(is_dry=False)[:SHOWN_RUNS]
            ],
            refusals=refusals[:SHOWN_REFUSALS],
            refusals_count=refusals.count(),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what a button says."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        link, step = self.link, request.POST.get("step", "")
        try:
            words = self._do(step, link)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:klaviyo_list", link.pk)
        messages.success(request, words)
        if step == "let_go":
            return redirect("admin:klaviyo")
        return redirect("admin:klaviyo_list", link.pk)

    def _do(self, step: str, link: KlaviyoList) -> str:
        by = self.request.user
        if step == "look":
            klaviyo_jobs.start_sync(link, is_dry=True)
            return "Looking at what a sync would do. Nothing is changed."
        if step == "begin":
            links.begin(link, by=by)
            return f"“{link.name}” is kept in step from now on."
        if step == "sync":
            klaviyo_jobs.start_sync(link)
            return "The sync begins."
        if step == "allow":
            links.allow(link, seen=self.request.POST.get("print", ""), by=by)
            return "These people are taken out, and the list goes on."
        if step == "pause":
            links.pause(link, by=by)
            return "Nothing is sent or read until you go on."
        if step == "let_go":
            links.let_go(link, by=by)
            return f"“{link.name}” is no longer kept in step. Nobody was taken out of it."
        raise ValidationError("This button is unknown. Reload the page and try again.")


register(
    Page(
        "klaviyo_list",
        "List",
        "integrations/klaviyo/lists/<int:pk>/",
        ListPage,
        LOOK,
    )
)
