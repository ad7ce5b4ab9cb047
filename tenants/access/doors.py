"""The pages in front of the admin: accepting an invitation, setting a forgotten password."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import login, views
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tenants import audit
from tenants.access import invitations
from tenants.access.client_ip import client_ip
from tenants.access.forms import AcceptForm, ForgottenForm, NewPasswordForm
from tenants.access.roles import ROLES
from tenants.access.throttle import INVITATION_BY_ADDRESS, RESET_BY_ADDRESS
from tenants.access.tokens import reset_tokens

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters()
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of a usable invitation and take the seat; say why another one opens nothing."""
    who = client_ip(request)
    try:
        if INVITATION_BY_ADDRESS.is_reached(who):
            raise invitations.UnusableError("Too many tries. Please wait a quarter of an hour.")
        invitation = invitations.look_up(token)
        form = AcceptForm(
            User(username=invitation.email, email=invitation.email), request.POST or None
        )
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(
                token, name=form.cleaned_data["name"], password=form.cleaned_data["new_password1"]
            )
            login(request, user, backend=BACKEND)
            messages.success(request, f"Welcome to {request.tenant.name}.")  # type: ignore[attr-defined]
            return redirect("admin:index")
    except invitations.UnusableError as error:
        INVITATION_BY_ADDRESS.count(who)
        return render(request, "access/invitation_unusable.html", {"why": str(error)}, status=410)
    facts = {"form": form, "invitation": invitation, "role": ROLES[invitation.role]}
    return render(request, "access/accept.html", _frame(request, "Join the team") | facts)


class Forgotten(views.PasswordResetView):
    """Ask for the address."""

    form_class = ForgottenForm
    template_name = "access/forgotten.html"

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Send at most ten links an hour for one address of the network; the answer is the same."""
        who = client_ip(self.request)
        if RESET_BY_ADDRESS.is_reached(who):
            return redirect(self.get_success_url())
        RESET_BY_ADDRESS.count(who)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_frame(self.request, "Set a new password") | kwargs)


class NewPassword(views.PasswordResetConfirmView):
    """Set it, after the link."""

    form_class = NewPasswordForm
    template_name = "access/new_password.html"
    token_generator = reset_tokens
    success_url = reverse_lazy("admin:login")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        response = super().form_valid(form)
        audit.record(self.user, "password_reset", self.user or User)
        messages.success(self.request, "Your new password is set. Sign in with it.")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_frame(self.request, "Set a new password") | kwargs)


def reset_sent(request: HttpRequest) -> HttpResponseBase:
    """Say that a mail is on its way, if there is somebody to send it to."""
    frame = _frame(request, "Look into your mailbox")
    return render(request, "access/reset_sent.html", frame)


def _frame(request: HttpRequest, title: str) -> dict[str, Any]:
    return admin.site.each_context(request) | {"title": title}
