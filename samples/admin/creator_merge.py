"""Two creators who are one person: compared, then made one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from samples.admin.creator_fields import CreatorField, known_creators
from samples.admin.creator_frame import LOOK, CreatorPageView, found
from samples.creators import doubles, profiles
from samples.models import Creator
from tenants.pages import Page, register


class MergeForm(forms.Form):
    """Who else this creator is."""

    other = CreatorField(label="The other one, who goes", help_text="Name, @handle or e-mail.")


class CreatorMergePage(CreatorPageView):
    """Name the other one, then confirm."""

    template_name = "samples/creator_merge.html"
    writes = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = found(Creator, self.kwargs["creator_id"])
        form = kwargs.pop("form", None) or MergeForm(self.request.GET or None)
        other = form.cleaned_data["other"] if form.is_valid() else None
        return super().get_context_data(
            kept=kept, other=other, form=form, known=known_creators(), **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form, kept = MergeForm(request.POST), kwargs["creator_id"]
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        other = form.cleaned_data["other"]
        try:
            doubles.merge_creators(
                survivor=kept, absorbed=other.pk, by=request.user, at=timezone.now()
            )
        except profiles.CreatorRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)
        messages.success(request, "They are one creator now.")
        return HttpResponseRedirect(reverse("admin:samples_creator", args=[kept]))


register(
    Page(
        "samples_creator_merge",
        "Merge creators",
        "samples/creators/<int:creator_id>/merge/",
        CreatorMergePage,
        LOOK,
    )
)
