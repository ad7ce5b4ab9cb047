"""The worked uses of RFM: tiers, churn prevention, win-back, success hours, each with its file."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_GET

from commerce.admin.contact import sees_contact
from segments.models import LoyaltyTiers
from segments.scoring.rfm.maps import LABELS
from segments.scoring.rfm.run import latest_run
from segments.uses.hours import WEEK, read_week, share_hours
from segments.uses.lists import CHURNING, WINNABLE, by_priority, read, scored, total_of
from segments.uses.tables import USES, export
from segments.uses.tiers import JOB, save_tiers, start_writing, tiers_now
from tenants import jobs
from tenants.pages import Page, PageView, register
from tenants.tables import csv_response

SEE, EDIT, EXPORT = "segments.view_segment", "segments.change_segment", "commerce.export_customer"
PAGE = 50  # customers of a list on a page


class UsesPage(PageView):
    template_name = "segments/uses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(uses=list(USES), **kwargs)


class UsePage(PageView):
    """One use; its figures are as of the run of RFM."""

    parent = "uses"
    use_key = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            use=USES[self.use_key],
            run=latest_run(),
            may_export=self.request.user.has_perm(EXPORT),
            sees_contact=sees_contact(self.request),
            **kwargs,
        )

    def stretch(self) -> int:
        """Return the number of the page asked for, from 0."""
        asked = self.request.GET.get("page", "1")
        return min(int(asked), 200) - 1 if asked.isdecimal() and int(asked) else 0


class ChurnPage(UsePage):
    template_name = "segments/use_list.html"
    use_key = "churn"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total, page = total_of(CHURNING), self.stretch()
        rows = read(scored(CHURNING), first=page * PAGE, count=PAGE)
        parts = [(key, LABELS[key], total_of((key,))) for key in CHURNING]
        return super().get_context_data(
            total=total, parts=parts, rows=rows, page_number=page + 1, before=page * PAGE,
            top=10, has_more=total.customers > (page + 1) * PAGE, **kwargs,
        )  # fmt: skip


class WinbackPage(UsePage):
    template_name = "segments/use_list.html"
    use_key = "winback"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.stretch()
        total = total_of(WINNABLE)
        rows = read(by_priority(), first=page * PAGE, count=PAGE)
        parts = [(key, LABELS[key], total_of((key,))) for key in WINNABLE]
        return super().get_context_data(
            total=total, parts=parts, rows=rows, page_number=page + 1, before=page * PAGE,
            has_priority=True, top=20, has_more=total.customers > (page + 1) * PAGE, **kwargs,
        )  # fmt: skip


class HoursPage(UsePage):
    template_name = "segments/use_hours.html"
    use_key = "hours"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        problem, week = "", WEEK
        try:
            week = read_week(self.request.GET.get("week", ""))
        except ValueError as error:
            problem = str(error)
        shares = share_hours(week)
        whole = sum((share.hours for share in shares), Decimal(0))
        return super().get_context_data(
            shares=shares, week=week, whole=whole, problem=problem, **kwargs
        )


class TiersPage(UsePage):
    template_name = "segments/use_tiers.html"
    use_key = "tiers"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = kwargs.pop("chosen", None) or LoyaltyTiers.current().tiers
        return super().get_context_data(
            tiers=tiers_now(),
            boxes=[(key, label, chosen.get(key, "")) for key, label in LABELS.items()],
            job=jobs.latest(JOB),
            may_edit=self.request.user.has_perm(EDIT),
            **{"errors": {}} | kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the mapping, or write the tiers to the customers."""
        if not request.user.has_perm(EDIT):
            return HttpResponse("Your role cannot change tiers.", status=403)
        if request.POST.get("step") == "write":
            start_writing(by=request.user)  # type: ignore[arg-type]
            messages.success(request, "The tiers are being written.")
            return HttpResponseRedirect(request.path)
        told = {key: request.POST.get(f"tier-{key}", "") for key in LABELS}
        try:
            save_tiers(told, by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            context = self.get_context_data(chosen=told, errors=error.message_dict)
            return self.render_to_response(context)
        messages.success(request, "Saved.")
        return HttpResponseRedirect(request.path)


@require_GET
def use_file(request: HttpRequest, use: str) -> HttpResponseBase:
    """Download a use's whole table."""
    if use not in USES:
        raise Http404
    header, rows = export(use, by=request.user)
    return csv_response(use, list(header), rows)


register(Page("uses", "Put to use", "uses/", UsesPage, SEE))
for _key, _label, _view in (
    ("tiers", "Loyalty tiers", TiersPage),
    ("churn", "Churn prevention", ChurnPage),
    ("winback", "Win-back priority", WinbackPage),
    ("hours", "Success hours", HoursPage),
):
    register(Page(f"use_{_key}", _label, f"uses/{_key}/", _view, SEE))
register(Page("use_file", "A table as a file", "uses/<str:use>.csv", use_file, EXPORT))
