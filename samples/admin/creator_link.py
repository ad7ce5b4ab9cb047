"""Saying whose a sample is: a dialog of the samples page, and a page of its own without scripts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from commerce.admin.contact import sees_contact
from samples.admin.creator_frame import (
    LOOK,
    CreatorPageView,
    back,
    creator_name,
    found,
    number,
    typed,
)
from samples.admin.creator_list import lines
from samples.creators import linking, profiles
from samples.creators.handles import handle_of
from samples.creators.lookup import creators_matching
from samples.creators.suggestions import suggestions_for
from samples.models import Creator, Platform, SampleOrder
from tenants.pages import Page, register

OFFERED = 8


class LinkPage(CreatorPageView):
    """Suggestions first, a search, a new creator, or nobody."""

    template_name = "samples/creator_link.html"
    parent = "samples"

    def get_template_names(self) -> list[str]:
        # htmx asks for the dialog's inside, or for what a search found.
        if self.request.headers.get("HX-Request") and "q" in self.request.GET:
            return ["samples/creator_offers.html"]
        if self.request.headers.get("HX-Request"):
            return ["samples/creator_dialog.html"]
        return [self.template_name]

    def get_title(self) -> str:
        return "Link to creator"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sample = found(SampleOrder, self.kwargs["order_id"])
        sees, asked = sees_contact(self.request), typed(self.request.GET, "q", length=254)
        reasons = dict(suggestions_for(sample))
        if asked:
            rows = list(creators_matching(asked, sees_contact=sees).order_by("name_key")[:OFFERED])
        else:
            known = Creator.objects.in_bulk(list(reasons))
            rows = [known[pk] for pk in reasons if pk in known][:OFFERED]
        return super().get_context_data(
            sample=sample,
            current=creator_name(sample.creator, sees=sees) if sample.creator else "",
            asked=asked,
            offers=[
                line | {"why": reasons.get(line["creator"].pk)} for line in lines(rows, sees=sees)
            ],
            platforms=Platform.choices,
            is_dialog=bool(self.request.headers.get("HX-Request")),
            back=self._back(),
            **kwargs,
        )

    def _back(self) -> str:
        """Return where the person came from: the page behind the dialog, or what it was told."""
        address = self.request.GET.get("back", "")
        address = address or self.request.headers.get("HX-Current-URL", "")
        hosts = {self.request.get_host()}
        return address if url_has_allowed_host_and_scheme(address, hosts) else ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sample = found(SampleOrder, kwargs["order_id"])
        try:
            creator_id = chosen(request)
        except (ValueError, profiles.CreatorRefused) as refusal:
            messages.error(request, str(refusal))
        else:
            if linking.link({sample.pk: creator_id}, by=request.user, at=timezone.now()):
                words = "Linked to the creator." if creator_id else "Linked to nobody any more."
                messages.success(request, f"{words} “Suggested links” can undo it.")
        answer = back(request, otherwise="samples_follow_up", args=[sample.pk])
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer.url})
        return answer


def chosen(request: HttpRequest) -> int | None:
    """Return the creator that was chosen or is made now, None for nobody; raise ValueError."""
    step = request.POST.get("step", "")
    if step == "nobody":
        return None
    if step != "new":
        pk = number(request.POST.get("creator"))
        if not Creator.objects.filter(pk=pk).exists():
            raise ValueError("Choose a creator, or add a new one.")
        return pk
    name, handle = typed(request.POST, "name", length=200), typed(request.POST, "handle")
    if not name:
        raise ValueError("A new creator needs a name.")
    handles, platform = {}, request.POST.get("platform", "")
    if handle and platform in Platform.values:
        handles = {platform: [handle_of(handle)]}
    made = Creator(name=name)
    profiles.save(made, handles=handles, by=request.user, at=timezone.now())
    return made.pk


register(
    Page(
        "samples_creator_link",
        "Link to creator",
        "samples/<int:order_id>/creator/",
        LinkPage,
        LOOK,
    )
)
