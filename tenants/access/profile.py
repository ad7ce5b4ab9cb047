"""A member's own page: name, address, role, and the way to another password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tenants.access import roles
from tenants.access.forms import ProfileForm
from tenants.dashboard import cards
from tenants.pages import PageView
from tenants.panels import PROFILE


class ProfilePage(PageView):
    """Open to every member, for themselves only."""

    template_name = "access/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self._me()
        return super().get_context_data(
            **{"form": ProfileForm(instance=user), "role": roles.role_of(user)}
            | {"panels": cards(self.request, PROFILE, user)}
            | kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the name."""
        form = ProfileForm(request.POST, instance=self._me())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        form.save()
        messages.success(request, "Your name was saved.")
        return redirect("admin:profile")

    def _me(self) -> User:
        return User.objects.get(username=self.request.user.get_username())
