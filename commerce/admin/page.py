"""A model whose pages are our own; the admin gives them address, sign-in and permissions."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from tenants.schema import connection


def today() -> date:
    """Return the merchant's local day: the `as_of` of a page."""
    return timezone.now().astimezone(connection.tenant.zone).date()


class PageAdmin(ModelAdmin):
    """Rows come from the sources: nobody adds or deletes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def render(
        self, request: HttpRequest, template: str, *, title: str, **context: Any
    ) -> TemplateResponse:
        """Return `template` in the admin's frame."""
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**frame, "title": title, **context})

    def require_view(self, request: HttpRequest) -> None:
        """Raise PermissionDenied unless the page may be seen."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    def require_change(self, request: HttpRequest) -> None:
        """Raise PermissionDenied unless facts may be changed."""
        if not self.has_change_permission(request):
            raise PermissionDenied

    def row(self, model_id: str) -> Model:
        """Return the row `model_id` names; raise Http404 when there is none."""
        if not model_id.isdecimal() or len(model_id) > 18:
            raise Http404
        found = self.model._default_manager.filter(pk=model_id).first()
        if found is None:
            raise Http404
        return found
