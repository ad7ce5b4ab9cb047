"""Pages of the merchant's admin that are no model's: apps register them, the site mounts them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib.admin.sites import AdminSite
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.views.generic import TemplateView

from tenants.registry import Registry


class PageView(PermissionRequiredMixin, TemplateView):
    """A page in the theme's frame: subclass it, set `template_name`, add to `get_context_data`.

    The template extends `tenants/page.html` and fills block `page`. Signed-in people without
    the page's permission get a 403 that says so; everyone else the sign-in page.
    """

    page: "Page" = cast("Page", None)  # both are set when the page is mounted
    site: AdminSite = cast("AdminSite", None)
    title: ClassVar[str] = ""  # the page's label, if empty
    parent: ClassVar[str] = ""  # key of the page this one lies under, for the breadcrumbs
    raise_exception = True

    def has_permission(self) -> bool:
        return not self.page.permission or self.request.user.has_perm(self.page.permission)

    def get_title(self) -> str:
        """Return the heading; override it to name what the page shows."""
        return self.title or self.page.label

    def breadcrumbs(self) -> list[dict[str, str]]:
        """Return title and link of the pages above this one."""
        if not self.parent:
            return []
        above = PAGES[self.parent]
        return [{"title": above.label, "link": reverse(f"{self.site.name}:{above.key}")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.current_app = self.site.name  # type: ignore[attr-defined]
        return super().get_context_data(
            **self.site.each_context(self.request)
            | {"title": self.get_title(), "page": self.page, "trail": self.breadcrumbs()}
            | kwargs
        )


@dataclass(frozen=True)
class Page:
    """One address: `admin:<key>` at /admin/<path>; `view` is a PageView or a plain view."""

    key: str
    label: str
    path: str
    view: type[PageView] | Callable[..., HttpResponseBase]
    permission: str = ""  # "" is everyone with a seat in this merchant's team

    def url(self, site: AdminSite) -> URLPattern:
        """Return the pattern that `site` mounts."""
        return path(self.path, site.admin_view(self._view(site)), name=self.key)

    def _view(self, site: AdminSite) -> Callable[..., HttpResponseBase]:
        if isinstance(self.view, type):
            return cast("type[PageView]", self.view).as_view(page=self, site=site)
        if self.permission:
            return permission_required(self.permission, raise_exception=True)(self.view)
        return self.view


PAGES: Registry[Page] = Registry("page")
register = PAGES.register
