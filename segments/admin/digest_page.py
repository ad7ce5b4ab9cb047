"""The weekly letter: as it would be sent now, who gets it, when, and one's own word."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from commerce.patience import TooSlowError, patience
from segments.digest import mailing, recipients
from segments.digest.jobs import DIGEST
from segments.digest.letter import as_mail, read_letter
from segments.models import Letter
from tenants.models import TenantJob
from tenants.pages import Page, PageView, register
from tenants.panels import PROFILE, Panel
from tenants.schema import connection

SEE = "segments.view_segment"
WAIT_MS = 10_000


class DigestPage(PageView):
    template_name = "segments/digest.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("part") == "letter":
            return _letter(request)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent = Letter.objects.filter(about__startswith="digest:").order_by("-sent_at").first()
        return super().get_context_data(
            recipients=recipients.recipients().count(),
            wants=recipients.wants(_me(self.request)),
            mails=mailing.is_configured(),
            address=_me(self.request).email,
            last_sent=sent.sent_at if sent else None,
            next_at=_next_at(),
            may_schedule=self.request.user.has_perm("access.view_jobs"),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep one's own word, and go back to where it was given."""
        user, is_wanted = _me(request), request.POST.get("wants") == "yes"
        recipients.choose(user, is_wanted=is_wanted, by=user)
        said = "You get the weekly letter." if is_wanted else "You get no weekly letter any more."
        messages.success(request, said)
        back = "admin:profile" if request.POST.get("from") == "profile" else "admin:digest"
        return HttpResponseRedirect(reverse(back))


def _letter(request: HttpRequest) -> HttpResponse:
    try:
        with patience(WAIT_MS):
            mail = as_mail(read_letter(at=timezone.now()))
    except TooSlowError:
        return render(request, "segments/digest_preview.html", {"is_slow": True})
    off = request.build_absolute_uri(reverse("admin:digest"))
    shown = {name: getattr(mail, name).replace(mailing.OFF, off) for name in ("text", "html")}
    context = shown | {"subject": mail.subject}
    return render(request, "segments/digest_preview.html", context)


def _next_at() -> Any:
    tenant = connection.tenant
    with schema_context("public"):
        row = TenantJob.objects.filter(tenant=tenant, job=DIGEST).first()
    return row.next_run_at if row else None


def _me(request: HttpRequest) -> User:
    return User.objects.get(username=request.user.get_username())


def profile(request: HttpRequest, subject: User) -> dict[str, Any]:
    """Return a member's own word for their profile."""
    return {"wants": recipients.wants(subject), "mails": mailing.is_configured()}


register(Page("digest", "Weekly letter", "digest/", DigestPage, SEE))
PROFILE.register(Panel("digest", "Weekly letter", "segments/digest_profile.html", profile, 10, SEE))
