"""What connecting a store asks for: its address, and one of three kinds of credentials."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from integrations.models import ShopifyStore
from integrations.shopify.connecting import Offered, checked
from tenants.secrets import SecretFormField

Auth = ShopifyStore.Auth
INSTALL = "install"
KINDS = {
    INSTALL: "Install an app in the store",
    Auth.CLIENT.value: "Client id and secret of an app of your own organisation",
    Auth.STATIC.value: "A permanent token of an older custom app",
}
NEEDED = {
    INSTALL: ("client_id", "client_secret"),
    Auth.CLIENT.value: ("client_id", "client_secret"),
    Auth.STATIC.value: ("access_token",),
}


class ConnectForm(forms.Form):
    """A store and how we are let in."""

    domain = forms.CharField(
        label="Address of the store", max_length=200,
        help_text="The one ending in .myshopify.com; Shopify shows it under Settings, Domains.",
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="How Strata is let in", choices=list(KINDS.items()), initial=INSTALL,
        help_text="Apps made since 2026 have a client id and a secret. A token that begins with "
        "shpat_ and was copied from the store’s admin still works.",
    )  # fmt: skip
    client_id = forms.CharField(
        label="Client id", max_length=100, required=False,
        help_text="Of your app, under Settings in Shopify’s dev dashboard.",
    )  # fmt: skip
    client_secret = SecretFormField(
        label="Client secret", max_length=200, required=False,
        help_text="Shopify also signs its messages with it; with a token, webhooks need it too.",
    )  # fmt: skip
    access_token = SecretFormField(
        label="Access token", max_length=200, required=False,
        help_text="Only for an older custom app. It is tried at once, kept encrypted and never "
        "shown again.",
    )  # fmt: skip

    def clean_domain(self) -> str:
        return checked(self.cleaned_data["domain"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for name in NEEDED.get(told.get("kind", ""), ()):
            if not (told.get(name) or "").strip():
                self.add_error(name, ValidationError("This is needed for the way you chose."))
        return told

    @property
    def is_install(self) -> bool:
        return bool(self.cleaned_data["kind"] == INSTALL)

    def offered(self) -> Offered:
        """Return what was typed."""
        told = self.cleaned_data
        return Offered(
            told["kind"],
            access_token=(told.get("access_token") or "").strip(),
            client_id=(told.get("client_id") or "").strip(),
            client_secret=(told.get("client_secret") or "").strip(),
        )
