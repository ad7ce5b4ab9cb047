"""The merchant's admin site: unfold's, with every app's pages and nobody else's model lists."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.urls import URLPattern
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.sites import UnfoldAdminSite

from tenants.access.sign_in import GuardedSignIn
from tenants.pages import PAGES


class MerchantSite(GuardedSignIn, UnfoldAdminSite):
    """The default admin site, on each merchant's own host."""

    index_title = "Dashboard"

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any
    ) -> None:
        """Register lists in the theme's dress; leave out those other packages bring along.

        Theirs show tables a merchant's schema lacks, or people and rows without our roles.
        """
        if admin_class is not None and issubclass(admin_class, UnfoldModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def unregister(self, model_or_iterable: type[Model] | Any) -> None:
        """Take lists out again; those that were left out are out already."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        super().unregister([model for model in models if self.is_registered(model)])

    def extra_urls(self) -> list[URLPattern]:
        """Return the patterns of all registered pages; unfold puts them before its own."""
        return [page.url(self) for page in PAGES]
