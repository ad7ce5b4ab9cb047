"""What the integrations page shows of Klaviyo."""

from django.urls import reverse

from integrations.connector import Account, Connector, register
from integrations.models import KlaviyoAccount

State = KlaviyoAccount.State
TONES = {
    State.CONNECTED: "good",
    State.REVOKED: "bad",
    State.SCOPES: "bad",
    State.DISCONNECTED: "quiet",
}


def tone_of(account: KlaviyoAccount) -> str:
    """Return how alarming the account's state is."""
    return TONES[State(account.state)]


def accounts() -> list[Account]:
    """Return the merchant's account, if there is one."""
    return [
        Account(
            label=str(account),
            state=account.get_state_display(),
            tone=tone_of(account),
            note=account.state_note,
            synced_at=max(
                (row.synced_at for row in account.lists.all() if row.synced_at), default=None
            ),
            url=reverse("admin:klaviyo"),
        )
        for account in KlaviyoAccount.objects.prefetch_related("lists")
    ]


register(
    Connector(
        key="klaviyo",
        label="Klaviyo",
        about="Segments become lists that stay in step, scores become properties, flows begin when "
        "customers enter or leave.",
        icon="campaign",
        page="klaviyo",
        permission="segments.view_segment",
        accounts=accounts,
    )
)
