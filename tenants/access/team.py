"""The team page: who belongs to the shop, with which role, and who is invited."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from tenants.access import invitations, members, roles
from tenants.access.forms import InviteForm
from tenants.access.models import Invitation
from tenants.pages import PageView


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
        people = [(user, roles.role_of(user)) for user in team()]
        waiting = [
            (invitation, roles.ROLES.get(invitation.role))
            for invitation in invitations.open_invitations().select_related("invited_by")
        ]
        return super().get_context_data(
            **{
                "people": people,
                "waiting": waiting,
                "roles": list(roles.ROLES.values()),
                "form": InviteForm(),
                "now": timezone.now(),
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


def _invite(request: HttpRequest, form: InviteForm) -> dict[str, Any]:
    data, actor = form.cleaned_data, request.user
    invitation, link = invitations.invite(data["email"], role=data["role"], by=actor)
    tenant = request.tenant  # type: ignore[attr-defined]
    is_sent = invitations.send(invitation, link=link, tenant=tenant)
    return {"invited": invitation, "link": link, "is_sent": is_sent}


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
