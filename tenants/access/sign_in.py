"""The sign-in page of both admin sites, closed for a while to whoever guesses."""

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from tenants.access.members import login_name
from tenants.access.throttle import is_sign_in_closed


class GuardedSignIn(AdminSite):
    """Mix into a site: counts tries, and says so in words when they are used up."""

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form or sign in; 429 when closed, 503 when tries cannot be counted."""
        name = login_name(request.POST.get("username", ""))
        try:
            if request.method == "POST" and is_sign_in_closed(request, name=name):
                return locked_out(request)
            return super().login(request, extra_context)
        except RedisError:  # without a count a guesser would have no limit
            return render(request, "access/no_sign_in.html", status=503)


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """Say that sign-in is closed; the same page whether the name exists or not."""
    response = render(request, "access/locked_out.html", {"minutes": 15}, status=429)
    response["Retry-After"] = str(15 * 60)
    return response


def typed_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the name that tries are counted under: no capital letter makes a new one."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return login_name(str(typed))
