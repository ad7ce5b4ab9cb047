"""The integrations page: every platform, what is connected to it and how it is."""

from typing import Any

from django.urls import reverse

from integrations.connector import CONNECTORS
from tenants.pages import Page, PageView, register


class IntegrationsPage(PageView):
    """One card a platform, for everybody of the team; doors only for who may open them."""

    template_name = "integrations/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm
        cards = [
            {
                "connector": connector,
                "accounts": connector.accounts(),
                "url": reverse(f"admin:{connector.page}") if may(connector.permission) else "",
            }
            for connector in CONNECTORS
        ]
        return super().get_context_data(cards=cards, **kwargs)


register(Page("integrations", "Integrations", "integrations/", IntegrationsPage))
