"""One sample and the work around it: whose it is, the parcel, posts, what is still expected."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from commerce.admin.contact import sees_contact, shown_name
from commerce.admin.page import today
from samples.admin.creator_frame import LOOK, CreatorPageView, creator_name, found, typed
from samples.creators import chasing
from samples.models import Post, SampleFollowUp, SampleOrder, SampleRequest
from tenants.pages import Page, register

SHOWN = 50


class FollowUpPage(CreatorPageView):
    """A sample's page."""

    template_name = "samples/follow_up.html"
    parent = "samples"

    def get_title(self) -> str:
        order = self._sample().order
        return f"Sample {order.number or order.external_id}"

    def _sample(self) -> SampleOrder:
        if not hasattr(self, "_found"):
            self._found = found(SampleOrder, self.kwargs["order_id"])
        return self._found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sample, sees = self._sample(), sees_contact(self.request)
        customer = sample.order.customer
        return super().get_context_data(
            sample=sample,
            lines=list(sample.order.lines.order_by("pk")[:SHOWN]),
            customer=customer,
            customer_name=shown_name(customer, sees=sees) if customer else "Guest",
            creator=sample.creator,
            creator_name=creator_name(sample.creator, sees=sees),
            follow_up=SampleFollowUp.objects.filter(pk=sample.pk).first(),
            posts=Post.objects.filter(order=sample.pk).order_by("-posted_on", "-pk")[:SHOWN],
            request_row=SampleRequest.objects.filter(order=sample.pk).first(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sample, step = self._sample(), request.POST.get("step", "")
        if step == "track":
            try:
                chasing.track(
                    sample.pk, link=typed(request.POST, "link", length=600), by=request.user
                )
            except ValueError as error:
                messages.error(request, f"Tracking link: {error}")
            else:
                messages.success(request, "The tracking link was kept.")
        elif step in ("remind", "excuse"):
            do = chasing.remind if step == "remind" else chasing.excuse
            do([sample.pk], by=request.user, on=today())
            messages.success(request, "Marked.")
        return HttpResponseRedirect(reverse("admin:samples_follow_up", args=[sample.pk]))


register(
    Page(
        "samples_follow_up",
        "Sample",
        "samples/<int:order_id>/follow-up/",
        FollowUpPage,
        LOOK,
    )
)
