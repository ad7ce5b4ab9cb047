"""The demo merchant's Shopify store: the sandbox on this machine, connected like any other."""

import time
from datetime import datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django_tenants.utils import schema_context, tenant_context

from integrations.models import ShopifyStore
from integrations.sandbox.shopify.access import App
from integrations.sandbox.shopify.plan import DEMO
from integrations.sandbox.shopify.sandbox import STATIC_TOKEN
from integrations.shopify.connecting import Offered, connect
from tenants.models import Tenant

SLUG = "demo"
WAIT = 10.0  # seconds for a server that was started a moment ago


def connect_demo(*, at: datetime) -> str:
    """Connect the demo merchant to the sandbox unless it is; return why not, or nothing.

    Its first load begins with that, and is watched on the page when the workers run.
    """
    if not settings.SHOPIFY_BASE_URL:
        return "No sandbox is served."
    with schema_context("public"):
        tenant = Tenant.objects.filter(schema_name=SLUG, state=Tenant.State.READY).first()
    if tenant is None:
        return "There is no demo merchant."
    with tenant_context(tenant):
        if ShopifyStore.objects.exists():
            return ""
        _wait_for_sandbox()
        offered = Offered(ShopifyStore.Auth.STATIC, STATIC_TOKEN, App.client_id, App.secret)
        try:
            connect(DEMO.domain, offered, by=None, at=at)
        except ValidationError as error:
            return " ".join(error.messages)
    return ""


def _wait_for_sandbox() -> None:
    parts = urlsplit(settings.SHOPIFY_BASE_URL)
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        client = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=2)
        try:
            client.request("GET", "/sandbox/")
            client.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            client.close()
