"""Sample requests: the list by state, the form, and each step."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from commerce.admin.contact import sees_contact
from commerce.admin.keyset import Sort, page_of
from samples.admin.creator_fields import CreatorField, known_creators
from samples.admin.creator_frame import LOOK, CreatorPageView, back, creator_name, number, typed
from samples.creators import requests
from samples.creators.lookup import one_sample
from samples.models import Creator, SampleRequest
from tenants.pages import Page, register

PAGE_SIZE, MOST_PRODUCTS = 50, 50
NEWEST = Sort("new", "Newest", "id", "id")
State = SampleRequest.State


class RequestForm(forms.Form):
    """Who wants what."""

    creator = CreatorField()
    products = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000, label="Products wanted",
        help_text="One a line.",
    )  # fmt: skip
    asker = forms.ChoiceField(choices=SampleRequest.Asker.choices, label="Who asks")
    note = forms.CharField(required=False, max_length=500, label="Note")

    def clean_products(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["products"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST_PRODUCTS or any(len(line) > 255 for line in found):
            raise forms.ValidationError("At most 50 products of 255 characters each.")
        return found


class RequestsPage(CreatorPageView):
    """Requests by state; each offers the steps it can take."""

    template_name = "samples/requests.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(SampleRequest.objects.values_list("state").annotate(Count("pk")).order_by())
        asked = self.request.GET.get("state", "")
        state = asked if asked in State.values else State.REQUESTED
        rows = SampleRequest.objects.filter(state=state).select_related(
            "creator", "order", "asked_by", "decided_by", "ordered_by", "closed_by"
        )
        cursor, sees = self.request.GET.get("page", ""), sees_contact(self.request)
        page = page_of(rows, sort=NEWEST, cursor=cursor, size=PAGE_SIZE)
        return super().get_context_data(
            tabs=[(value, label, counts.get(value, 0)) for value, label in State.choices],
            state=state,
            rows_page=page,
            lines=[(row, creator_name(row.creator, sees=sees), steps(row)) for row in page.rows],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        step, pk = request.POST.get("step", ""), number(request.POST.get("id"))
        if step in requests.STEPS and pk:
            sample = (
                one_sample(typed(request.POST, "order", length=64)) if step == "order" else None
            )
            try:
                done = requests.take(
                    pk,
                    step=step,
                    reason=typed(request.POST, "reason"),
                    order_id=sample.pk if sample else None,
                    by=request.user,
                    at=timezone.now(),
                )
            except requests.RequestRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(
                    request, f"The request is now: {done.get_state_display().lower()}."
                )
        return back(request, otherwise="samples_requests")


def steps(row: SampleRequest) -> list[str]:
    """Return the steps that a request can take now."""
    return [step for step, (begins, _, _) in requests.STEPS.items() if row.state in begins]


class RequestFormPage(CreatorPageView):
    """A new request."""

    template_name = "samples/work_form.html"
    writes = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = Creator.objects.filter(pk=number(self.request.GET.get("creator"))).first()
        shown = {
            "form": RequestForm(initial={"creator": known}),
            "known": known_creators(),
            "cancel": reverse("admin:samples_requests"),
        }
        return super().get_context_data(**shown | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = RequestForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        values = form.cleaned_data
        requests.ask(values.pop("creator"), **values, by=request.user, at=timezone.now())
        messages.success(request, "The request waits for a decision.")
        return HttpResponseRedirect(reverse("admin:samples_requests"))


PAGES = (
    Page("samples_requests", "Requests", "samples/requests/", RequestsPage, LOOK),
    Page("samples_request_add", "Ask for a sample", "samples/requests/add/", RequestFormPage, LOOK),
)
for page in PAGES:
    register(page)
