"""What the two admins are called and what their side bars list."""

from typing import Any

MERCHANT_ADMIN: dict[str, Any] = {"SITE_TITLE": "Strata", "SITE_HEADER": "Strata"}
PLATFORM_ADMIN: dict[str, Any] = {"SITE_TITLE": "Strata platform", "SITE_HEADER": "Strata platform"}
