"""One call to the API: whose it is, what it may see, what it has to be warned of."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.access import Token
from integrations.sandbox.shopify.clock import read_moment
from integrations.sandbox.shopify.shop import Shop

if TYPE_CHECKING:
    from integrations.sandbox.shopify.sandbox import Sandbox

Made = dict[str, Any]
VISIBLE = 60 * 86_400  # seconds back that an app without read_all_orders sees


@dataclass
class Call:
    """What resolvers are given as their context."""

    sandbox: "Sandbox"
    shop: Shop
    token: Token
    warnings: list[Made] = field(default_factory=list)

    def may(self, scope: str) -> bool:
        """Tell whether the app was granted a scope; whoever may write may read."""
        return scope in self.token.scopes or scope.replace("read_", "write_") in self.token.scopes

    def sees(self, order: Made) -> bool:
        """Tell whether the app sees an order."""
        if self.may("read_all_orders"):
            return True
        return read_moment(order["createdAt"]) >= self.shop.clock.now() - VISIBLE

    def warn(self, field: str, query: str, warnings: list[Made]) -> None:
        """Leave warnings of a search, for `extensions.search`."""
        self.warnings.append({"path": [field], "query": query, "warnings": warnings})
