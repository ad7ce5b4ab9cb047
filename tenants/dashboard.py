"""The first page of a merchant's admin: every app's panels, in order."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenants.panels import DASHBOARD, Panel
from tenants.registry import Registry


def panels(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the dashboard's cards that this person may see, rendered."""
    return cards(request, DASHBOARD, None)


def cards(request: HttpRequest, registry: Registry[Panel], subject: Any) -> list[dict[str, Any]]:
    """Return the panels of `registry` that this person may see, rendered for `subject`."""
    shown = sorted(registry, key=lambda panel: panel.order)
    return [card for panel in shown if (card := _card(request, panel, subject))]


def _card(request: HttpRequest, panel: Panel, subject: Any) -> dict[str, Any] | None:
    if panel.permission and not request.user.has_perm(panel.permission):
        return None
    context = panel.context(request, subject)
    if context is None:
        return None
    html = render_to_string(panel.template, {"panel": panel, **context}, request=request)
    return {"key": panel.key, "label": panel.label, "html": html}


def add_panels(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put the panels into the context of the site's index; the theme calls this."""
    return context | {"dashboard": panels(request)}
