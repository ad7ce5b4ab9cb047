"""The team page: who belongs to the shop, with which role, and who is invited."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from tenants.access import invitations, mails, members, roles
from tenants.access.forms import InviteForm
from tenants.access.models import Invitation, Mail
from tenants.audit import Actor
from tenants.pages import PageView

TOLD = timedelta(days=7)  # how long the page speaks of a member's link for a new password


def team() -> QuerySet[User]:
    """Return everybody with a seat, the deactivated last, roles and presence included."""
    people = User.objects.filter(groups__name__in=roles.ROLES) | User.objects.filter(
        is_superuser=True
    )
    return (
        people.distinct()
        .select_related("presence")
        .prefetch_related("groups")
        .order_by("-is_active", "first_name", "username")
    )


class TeamPage(PageView):
    """Members, invitations, and the form that invites."""

    template_name = "access/team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, everybody = timezone.now(), list(team())
        letters = mails.newest_of_members(everybody, since=now - TOLD)
        return super().get_context_data(
            **{
                "people": [(user, roles.role_of(user), letters.get(user.pk)) for user in everybody],
                "waiting": _waiting(),
                "roles": list(roles.ROLES.values()),
                "form": InviteForm(),
                "now": now,
            }
            | kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite, and show the link once."""
        form, facts = InviteForm(request.POST), {}
        if form.is_valid():
            try:
                facts = _invite(request, form)
                form = InviteForm()
            except members.RefusedError as error:
                form.add_error("email", str(error))
        return self.render_to_response(self.get_context_data(form=form, **facts))


def _waiting() -> list[tuple[Invitation, roles.Role | None, Mail | None]]:
    """Return the open invitations with their roles and the newest mail of each."""
    rows = list(invitations.open_invitations().select_related("invited_by"))
    letters = mails.newest_of_invitations(rows)
    return [(row, roles.ROLES.get(row.role), letters.get(row.pk)) for row in rows]


def _invite(request: HttpRequest, form: InviteForm) -> dict[str, Any]:
    data, actor = form.cleaned_data, request.user
    invitation, link = invitations.invite(
        data["email"], role=data["role"], by=actor, is_mailed=True
    )
    return {"invited": invitation, "link": link}


def change_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a member's role, take the seat, or give it back; then show the page again."""
    if request.method != "POST":
        return redirect("admin:team")
    user = get_object_or_404(team(), pk=pk)
    what, name = request.POST.get("what", ""), user.get_full_name() or user.username
    try:
        if what == "role":
            members.change_role(user, role=request.POST.get("role", ""), by=request.user)
            messages.success(request, f"The role of {name} was changed.")
        elif what == "deactivate":
            members.deactivate(user, by=request.user)
            messages.success(request, f"{name} can no longer sign in.")
        elif what == "reactivate":
            members.reactivate(user, by=request.user)
            messages.success(request, f"{name} can sign in again.")
    except members.RefusedError as error:
        messages.error(request, str(error))
    return redirect("admin:team")


def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open invitation; then show the page again."""
    if request.method == "POST":
        invitation = get_object_or_404(Invitation, pk=pk)
        invitations.withdraw(invitation, by=request.user)
        messages.success(request, "The invitation was withdrawn. Its link no longer works.")
    return redirect("admin:team")


def send_mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try once more to send what was not sent, or make and send a new link."""
    if request.method != "POST":
        return redirect("admin:team")
    mail = get_object_or_404(
        Mail.objects.select_related("invitation", "user").defer("secret"), pk=pk
    )
    try:
        words = _send_again(mail, by=request.user)
    except members.RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("admin:team")


def _send_again(mail: Mail, *, by: Actor) -> str:
    invitation = mail.invitation
    if mail.user is not None:
        mails.post_new_password(mail.user)
        return f"A link for a new password is on its way to {mail.user.email}."
    assert invitation is not None
    if invitation.expires_at > timezone.now() and mails.post_again(mail):
        return f"The invitation is on its way to {invitation.email}."
    if not invitations.open_invitations().filter(pk=invitation.pk).exists():
        raise members.RefusedError("This invitation is over. Invite the address once more.")
    invitations.invite_again(invitation, by=by)
    return f"A new link is on its way to {invitation.email}; the older one no longer works."
