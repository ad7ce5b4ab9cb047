"""Which flows at Klaviyo begin when somebody joins a list."""

from integrations.klaviyo import tiers
from integrations.klaviyo.answers import ScopeMissing
from integrations.klaviyo.client import KlaviyoClient
from integrations.models import KlaviyoList

UNKNOWN = "(the key may not look at flows)"


def live_flows(client: KlaviyoClient, link: KlaviyoList) -> list[str]:
    """Return the names of the live flows that the list starts."""
    try:
        reply = client.get(f"/api/lists/{link.list_id}/flow-triggers", tiers.FLOWS)
    except ScopeMissing:
        return [UNKNOWN]
    told = (row["attributes"] for row in reply.data)
    return [str(one.get("name") or "") for one in told if one.get("status") == "live"]
