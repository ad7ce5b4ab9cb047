"""The address stores send their webhooks to, on the bare domain and on merchants' hosts."""

import logging
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.shopify.webhooks.accepting import Incoming, accept
from tenants.models import Tenant

logger = logging.getLogger(__name__)

PATH = "api/v1/webhooks/shopify/"
MOST_BYTES = 8 * 1024 * 1024  # the largest orders are some 2 MiB


@csrf_exempt  # whoever sends proves it with a signature; there is no session
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Answer 200 when kept, 401 when nobody we know signed it, 413 when it is too large."""
    body = _read(request)
    if body is None:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    tenant = cast(Tenant, getattr(request, "tenant", None))
    host = None if tenant is None or tenant.schema_name == "public" else tenant
    if accept(Incoming(headers, body), host=host, at=timezone.now()):
        return HttpResponse(status=200)
    logger.warning("a Shopify webhook was refused: unknown shop or wrong signature")
    return HttpResponse(status=401)


def _read(request: HttpRequest) -> bytes | None:
    """Return the body as it came; None when it is larger than is taken, or breaks off."""
    try:
        told = int(request.headers.get("Content-Length") or 0)
        if told > MOST_BYTES:
            return None
        body = request.read(MOST_BYTES + 1)
    except (ValueError, OSError, UnreadablePostError):
        return None
    return None if len(body) > MOST_BYTES else bytes(body)


def address() -> str:
    """Return the address that stores are told; a sandbox takes https alone, and sends on."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    scheme = "https" if settings.SHOPIFY_BASE_URL else settings.PUBLIC_SCHEME
    return f"{scheme}://{settings.BASE_DOMAIN}{port}/{PATH}"
