"""The page behind the link at a letter's foot, and the button of mail programs (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from segments.digest.recipients import choose, member_of


@never_cache
@csrf_exempt  # the signed link is the permission; a mail program has no cookie
def digest_off(request: HttpRequest, token: str) -> HttpResponse:
    """End the letter for whom the link names when it is posted.

    Opening the page posts it by itself, one click for a person; programs that merely look at
    every link of a mail run no script and end nothing.
    """
    user = member_of(token)
    if user is None:
        return render(request, "segments/digest_off.html", {"is_unknown": True}, status=404)
    is_done = request.method == "POST"
    if is_done:
        choose(user, is_wanted=False, by=user)
    return render(request, "segments/digest_off.html", {"is_done": is_done})
