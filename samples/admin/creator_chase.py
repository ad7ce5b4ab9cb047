"""To chase: creators who have not posted, samples that wait too long, and the limits for both."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from commerce.admin.contact import sees_contact, shown_name
from commerce.admin.keyset import Sort, page_of
from commerce.admin.page import today
from samples.admin.creator_frame import LOOK, CreatorPageView, creator_name, number
from samples.creators import chasing
from samples.models import FollowUpSettings, SampleFollowUp, SampleOrder
from tenants import audit
from tenants.pages import Page, register

PAGE_SIZE = 50
NEWEST = Sort("new", "Newest", "placed_at", "order_id")
TABS = (("posts", "Have not posted"), ("pending", "Wait to be sent"))


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The merchant's own limits."""

    class Meta:
        model = FollowUpSettings
        fields = ("chase_after_days", "pending_after_days", "result_days", "mails_staff")


class ChasePage(CreatorPageView):
    """Two lists; marking reminds nobody by itself: the mail is the person's own."""

    template_name = "samples/chase.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on, limits = today(), FollowUpSettings.current()
        asked = self.request.GET.get("tab", "")
        tab = asked if asked in dict(TABS) else "posts"
        lists = {
            "posts": chasing.to_chase(on=on, settings=limits),
            "pending": chasing.waiting_too_long(on=on, settings=limits),
        }
        cursor = self.request.GET.get("page", "")
        rows = lists[tab].select_related("order__customer", "creator")
        page = page_of(rows, sort=NEWEST, cursor=cursor, size=PAGE_SIZE)
        return super().get_context_data(
            **{
                "tabs": [(key, label, lists[key].count()) for key, label in TABS],
                "tab": tab,
                "on": on,
                "limits": limits,
                "limits_form": LimitsForm(instance=limits),
                "rows_page": page,
                "lines": self._lines(page.rows, on=on),
            }
            | kwargs
        )

    def _lines(self, samples: Any, *, on: Any) -> list[dict[str, Any]]:
        sees = sees_contact(self.request)
        follow_ups = SampleFollowUp.objects.in_bulk([sample.pk for sample in samples])
        return [
            {
                "sample": sample,
                "creator_name": creator_name(sample.creator, sees=sees),
                "customer_name": shown_name(sample.order.customer, sees=sees)
                if sample.order.customer
                else "Guest",
                "follow_up": follow_ups.get(sample.pk),
                "days": (on - (sample.fulfilled_on or sample.placed_on)).days,
                "mail": mail_link(sample) if sees else "",
            }
            for sample in samples
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        step = request.POST.get("step", "")
        if step == "limits":
            form = LimitsForm(request.POST, instance=FollowUpSettings.current())
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(limits_form=form))
            form.save()
            audit.record(request.user, "follow_up_settings", FollowUpSettings, **form.cleaned_data)
            messages.success(request, "Saved.")
        elif step in ("remind", "excuse"):
            ids = [pk for pk in map(number, request.POST.getlist("ids")) if pk]
            do = chasing.remind if step == "remind" else chasing.excuse
            done = do(ids, by=request.user, on=today())
            words = "marked as reminded" if step == "remind" else "no post is expected for them"
            messages.success(request, f"{done} sample{'' if done == 1 else 's'}: {words}.")
        query = request.GET.urlencode()
        address = reverse("admin:samples_chase")
        return HttpResponseRedirect(f"{address}?{query}" if query else address)


def mail_link(sample: SampleOrder) -> str:
    """Return an address that opens a mail to the creator, nothing without theirs."""
    creator = sample.creator
    if creator is None or not creator.email:
        return ""
    body = (
        f"Hello {creator.name},\n\nwe hope our parcel reached you well. "
        "Have you had the time to post about it? We would love to see it.\n"
    )
    subject = "How do you like it?"
    return f"mailto:{quote(creator.email, safe='@')}?subject={quote(subject)}&body={quote(body)}"


register(Page("samples_chase", "To chase", "samples/to-chase/", ChasePage, LOOK))
