"""Usage rights: which hold, which end soon, which are over."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from commerce.admin.contact import sees_contact
from commerce.admin.page import today
from samples.admin.creator_fields import CreatorField, DayField, known_creators
from samples.admin.creator_frame import LOOK, CreatorPageView, creator_name, found, number
from samples.creators import rights
from samples.models import Creator, Post, UsageRight
from tenants.pages import Page, register

SHOWN = 200
TABS = (("soon", "End within 30 days"), ("hold", "Hold now"), ("over", "Over"))


class RightForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may be used, and when."""

    creator = CreatorField()
    scope = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="What may be done",
        help_text="For example: paid social ads in Europe, cut to 15 seconds.",
    )  # fmt: skip
    starts_on = DayField(label="From")
    ends_on = DayField(required=False, label="Last day", help_text="Empty: for good.")

    class Meta:
        model = UsageRight
        fields = ("creator", "post", "scope", "starts_on", "ends_on")
        labels = {"post": "Only this post"}

    def __init__(self, *args: Any, creator: Creator | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = Post.objects.filter(creator=creator).order_by("-posted_on")
        self.fields["post"].queryset = theirs  # type: ignore[attr-defined]
        self.fields["post"].label_from_instance = (  # type: ignore[attr-defined]
            lambda post: f"{post.posted_on}: {post.link}"
        )
        self.fields["post"].empty_label = "Everything of theirs"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "This day is before the first one.")
        return cleaned


class RightsPage(CreatorPageView):
    """Rights by what matters first: those about to end."""

    template_name = "samples/rights.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on, sees = today(), sees_contact(self.request)
        asked = self.request.GET.get("tab", "soon")
        lists: dict[str, QuerySet[UsageRight]] = {
            "soon": rights.ending(on=on),
            "hold": rights.holding(on=on),
            "over": rights.ended(on=on),
        }
        tab = asked if asked in lists else "soon"
        rows = list(lists[tab].select_related("creator", "post")[:SHOWN])
        return super().get_context_data(
            tabs=[(key, label, lists[key].count()) for key, label in TABS],
            tab=tab,
            on=on,
            lines=[
                (row, creator_name(row.creator, sees=sees), _days_left(row, on=on)) for row in rows
            ],
            shown=SHOWN,
            **kwargs,
        )


def _days_left(right: UsageRight, *, on: Any) -> int | None:
    return None if right.ends_on is None else (right.ends_on - on).days


class RightFormPage(CreatorPageView):
    """One form for a new right and for one that is there."""

    template_name = "samples/work_form.html"
    writes = True

    def get_title(self) -> str:
        return "Change a usage right" if "right_id" in self.kwargs else "Add a usage right"

    def _form(self, data: Any = None) -> RightForm:
        pk = self.kwargs.get("right_id")
        right = found(UsageRight, pk) if pk else UsageRight()
        known = right.creator_id or number(self.request.GET.get("creator"))
        creator = Creator.objects.filter(pk=known).first()
        initial = {"creator": creator, "starts_on": right.starts_on or today()}
        return RightForm(data, instance=right, initial=initial, creator=creator)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "known": known_creators(),
            "cancel": reverse("admin:samples_rights"),
        }
        if "right_id" in self.kwargs:
            shown["remove"] = "Delete this usage right"
        if "form" not in kwargs:
            shown["form"] = self._form()
        return super().get_context_data(**shown | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "right_id" in kwargs and request.POST.get("step") == "remove":
            rights.remove(found(UsageRight, kwargs["right_id"]), by=request.user)
            messages.success(request, "The usage right was deleted.")
        else:
            form = self._form(request.POST)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form))
            rights.save(form.save(commit=False), by=request.user)
            messages.success(request, "Saved.")
        return HttpResponseRedirect(reverse("admin:samples_rights"))


PAGES = (
    Page("samples_rights", "Usage rights", "samples/rights/", RightsPage, LOOK),
    Page("samples_right_add", "Add a usage right", "samples/rights/add/", RightFormPage, LOOK),
    Page("samples_right", "Usage right", "samples/rights/<int:right_id>/", RightFormPage, LOOK),
)
for page in PAGES:
    register(page)
