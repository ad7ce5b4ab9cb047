"""After segments were refreshed their lists follow at once, not at the next half hour."""

from integrations.klaviyo.jobs import ALL
from integrations.models import KlaviyoList
from segments import membership
from tenants import jobs


def wake() -> None:
    """Say that members moved; nothing happens where no list follows a segment."""
    if KlaviyoList.objects.filter(state="active", account__state="connected").exists():
        jobs.wake(ALL)


membership.FOLLOWERS.append(wake)
