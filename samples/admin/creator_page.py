"""A creator's page: who, samples, requests, posts, rights, and what came of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from commerce.admin.contact import sees_contact
from commerce.admin.page import today
from samples.admin.creator_fields import DayField
from samples.admin.creator_frame import LOOK, CreatorPageView, creator_name, found, number
from samples.creators import profiles
from samples.creators.figures import per_post
from samples.models import (
    Creator,
    CreatorCode,
    Post,
    SampleFollowUp,
    SampleOrder,
    SampleRequest,
    UsageRight,
)
from tenants.pages import Page, register

SHOWN = 50


class CodeForm(forms.Form):
    """A code, and the days on which its orders count."""

    kind = forms.ChoiceField(choices=CreatorCode.Kind.choices, label="What it is")
    code = forms.CharField(max_length=255, label="Code or tag")
    starts_on = DayField(required=False, label="Counts from")
    ends_on = DayField(required=False, label="Counts until")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "This day is before the first one.")
        return cleaned


class CreatorPage(CreatorPageView):
    """Everything about one creator; codes are added and taken away here."""

    template_name = "samples/creator.html"

    def get_title(self) -> str:
        return creator_name(self._creator(), sees=sees_contact(self.request))

    def _creator(self) -> Creator:
        if not hasattr(self, "_found"):
            self._found = found(Creator, self.kwargs["creator_id"])
        return self._found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        creator, on = self._creator(), today()
        return super().get_context_data(
            **{
                "creator": creator,
                "on": on,
                "handles": creator.handles.order_by("platform", "pk"),
                "codes": creator.codes.order_by("pk"),
                "code_form": CodeForm(),
                "per_post": per_post(creator),
                "samples": samples_of(creator),
                "requests": SampleRequest.objects.filter(creator=creator).order_by("-pk")[:SHOWN],
                "posts": Post.objects.filter(creator=creator)
                .select_related("order")
                .order_by("-posted_on", "-pk")[:SHOWN],
                "rights": UsageRight.objects.filter(creator=creator).order_by("-starts_on", "-pk")[
                    :SHOWN
                ],
                "shown": SHOWN,
            }
            | kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        creator, form = self._creator(), CodeForm(request.POST)
        if request.POST.get("step") == "remove_code":
            code = creator.codes.filter(pk=number(request.POST.get("code"))).first()
            if code is not None:
                profiles.remove_code(code, by=request.user, at=timezone.now())
                messages.success(request, "The code was taken away, with the orders it brought.")
        elif not form.is_valid():
            return self.render_to_response(self.get_context_data(code_form=form))
        else:
            try:
                profiles.add_code(creator, **form.cleaned_data, by=request.user)
            except profiles.CreatorRefused as refusal:
                form.add_error("code", str(refusal))
                return self.render_to_response(self.get_context_data(code_form=form))
            messages.success(request, "Added. Its orders are counted in the background.")
        return HttpResponseRedirect(reverse("admin:samples_creator", args=[creator.pk]))


def samples_of(creator: Creator) -> list[dict[str, Any]]:
    """Return the newest samples with what staff did about them: three queries, however many."""
    rows = SampleOrder.objects.filter(creator=creator).select_related("order")
    samples = list(rows.order_by("-placed_at", "-order")[:SHOWN])
    ids = [row.pk for row in samples]
    follow_ups = SampleFollowUp.objects.in_bulk(ids)
    posted = set(Post.objects.filter(order__in=ids).values_list("order", flat=True))
    return [
        {"sample": row, "follow_up": follow_ups.get(row.pk), "is_posted": row.pk in posted}
        for row in samples
    ]


register(
    Page("samples_creator", "Creator", "samples/creators/<int:creator_id>/", CreatorPage, LOOK)
)
