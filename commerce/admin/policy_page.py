"""The order policy: what counts as spend and which orders count, with what a change would do."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from commerce import policy
from commerce.admin.page import today
from commerce.models import OrderPolicy
from commerce.patience import TooSlowError, patience
from commerce.policy_effect import Effect
from commerce.rebuild import REBUILD
from tenants import jobs
from tenants.pages import Page, PageView, register

WAIT_MS = 4_000  # the preview reads every order; a large store is counted in the background
SPEND_HELP = {
    "items": "What the customer paid for goods. Tax and shipping are not yours to keep.",
    "items_tax": "As above, plus the tax: right where prices are shown with tax.",
    "items_tax_shipping": "The order's total, as the customer sees it on the bill.",
}


class PolicyForm(forms.Form):
    """The one policy row, in boxes."""

    spend = forms.ChoiceField(choices=OrderPolicy.Spend.choices, label="What counts as spend")
    excluded_reasons = forms.MultipleChoiceField(
        required=False, choices=list(policy.REASONS.items()), label="Orders that never count"
    )
    cancelled_count = forms.BooleanField(required=False, label="Cancelled orders count")
    fully_refunded_count = forms.BooleanField(
        required=False, label="Orders refunded in full still count as orders"
    )

    def wish(self) -> OrderPolicy:
        """Return the policy asked for, unsaved; another currency never counts."""
        reasons = [*self.cleaned_data["excluded_reasons"], "currency"]
        return OrderPolicy(pk=1, **self.cleaned_data | {"excluded_reasons": reasons})


class PolicyPage(PageView):
    template_name = "commerce/order_policy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = OrderPolicy.current()
        names = ("spend", "excluded_reasons", "cancelled_count", "fully_refunded_count")
        initial = {name: getattr(current, name) for name in names}
        known = {
            "form": PolicyForm(initial=initial),
            "current": current,
            "spend_help": SPEND_HELP,
            "run": jobs.live(REBUILD) or jobs.latest(REBUILD),
            "is_running": jobs.live(REBUILD) is not None,
            **_counted(self.request.GET.get("run", "")),
        }
        return super().get_context_data(**known | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        if jobs.live(REBUILD) is not None:
            messages.warning(request, "A change is being worked in. Wait until it is done.")
            return HttpResponseRedirect(request.path)
        if request.POST.get("step") == "apply":
            policy.apply(form.wish(), actor=request.user)
            messages.success(request, "The change is on its way: every order is counted again.")
            return HttpResponseRedirect(request.path)
        try:
            with patience(WAIT_MS):
                effect = policy.preview(form.wish(), on=today())
        except TooSlowError:
            run = policy.start_preview(form.wish())
            return HttpResponseRedirect(f"{request.path}?run={run.pk}")
        return self.render_to_response(self.get_context_data(form=form, effect=effect))


def _counted(run_id: str) -> dict[str, Any]:
    """Return the wish of a preview in the background with its run, and its effect once there."""
    run = jobs.find(policy.EFFECT, run_id)
    if run is None:
        return {}
    found: dict[str, Any] = {"form": PolicyForm(initial=run.params["policy"]), "counting": run}
    if run.state == run.State.DONE:
        found["effect"] = Effect.from_counts(run.counts)
    return found


register(
    Page(
        key="order_policy",
        label="Order policy",
        path="order-policy/",
        view=PolicyPage,
        permission="access.manage_order_policy",
    )
)
