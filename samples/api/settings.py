"""`samples/settings/`: which tags and channels mean a sample."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from samples.drafts import Draft, DraftRefused, read, save
from samples.history import is_behind
from samples.models import SampleSettings
from tenants.web.answers import RunShape
from tenants.web.problems import Fault, Problem, Refusal, invalid, translate
from tenants.web.views import ApiView


class SampleSettingsView(ApiView):
    """The settings, and changing some of them."""

    scopes = {"GET": ("samples:read",), "PATCH": ("samples:write",)}

    def get(self, request: Request) -> Response:
        """Return the settings, and whether older orders have been looked through under them."""
        return Response(_told())

    def patch(self, request: Request) -> Response:
        """Change what is sent; `run` looks through older orders, null when nothing was different.

        New orders follow the settings at once.
        """
        if not isinstance(request.data, dict):
            raise Refusal(invalid(Fault("Send an object with the settings to change.")))
        run = save(read(request.data), by=request.user)
        return Response(_told() | {"run": RunShape(run).data if run else None})


def _told() -> dict[str, Any]:
    row = SampleSettings.current()
    return Draft.of(row).as_json() | {
        "is_applied": not is_behind(row),
        "applied_at": row.classified_at,
    }


def _refused(error: DraftRefused) -> Problem:
    return invalid(*(Fault(words, (name,)) for name, words in error.problems.items()))


translate(DraftRefused, _refused)
