"""What the two admins are called, how they look, and how their side bars are drawn."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from unfold.settings import CONFIG_DEFAULTS

from config.menu import MERCHANT_GROUPS, PLATFORM_GROUPS, Entry
from tenants.branding import DEFAULT, palette


def merchant_name(request: HttpRequest) -> str:
    """Return the name of the merchant whose host was asked."""
    return getattr(getattr(request, "tenant", None), "name", "") or "Strata"


def merchant_colors(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return the theme's colours with the merchant's brand as the primary one."""
    brand = getattr(getattr(request, "tenant", None), "brand_color", DEFAULT)
    defaults = CONFIG_DEFAULTS["COLORS"]
    return {
        "base": dict(defaults["base"]),
        "font": dict(defaults["font"]),
        "primary": palette(brand),
    }


def merchant_sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of a merchant's side bar that this person may open."""
    return sidebar(request, MERCHANT_GROUPS)


def sidebar(
    request: HttpRequest, groups: tuple[tuple[str, tuple[Entry, ...]], ...]
) -> list[dict[str, Any]]:
    """Return `groups` with the pages that exist and that this person may open."""
    found = [
        (title, [(entry, _address(entry)) for entry in entries if _may_open(request, entry)])
        for title, entries in groups
    ]
    shown = [(title, [(e, url) for e, url in entries if url]) for title, entries in found]
    here = _longest_match(request.path, [url for _, entries in shown for _, url in entries])
    return [
        {
            "title": title,
            "items": [
                {"title": e.title, "icon": e.icon, "link": url, "active": url == here}
                for e, url in entries
            ],
        }
        for title, entries in shown
        if entries
    ]


def stylesheet(request: HttpRequest) -> str:
    """Return the address of the project's own style sheet."""
    return static("css/strata.css")


def icon(request: HttpRequest) -> str:
    """Return the address of the little picture in the browser's tab."""
    return static("strata.svg")


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """Return what a signed-in person finds behind their name."""
    links = [("Your profile", "admin:profile"), ("Change password", "admin:password_change")]
    return [{"title": title, "link": url} for title, name in links if (url := _address_of(name))]


def _may_open(request: HttpRequest, entry: Entry) -> bool:
    return not entry.permissions or any(request.user.has_perm(p) for p in entry.permissions)


def _address(entry: Entry) -> str:
    return _address_of(entry.url_name)


def _address_of(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:  # the page's app is not installed
        return ""


def _longest_match(path: str, addresses: list[str]) -> str:
    """Return the address that `path` lies under; the dashboard only for itself."""
    dashboard = _address_of("admin:index")
    fits = [a for a in addresses if path == a or (a != dashboard and path.startswith(a))]
    return max(fits, key=len, default="")


def platform_sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of the platform's side bar that this person may open."""
    return sidebar(request, PLATFORM_GROUPS)


MERCHANT_ADMIN: dict[str, Any] = {
    "SITE_TITLE": merchant_name,
    "SITE_HEADER": merchant_name,
    "SITE_SYMBOL": "layers",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": merchant_colors,
    "STYLES": [stylesheet],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "ACCOUNT": {"navigation": account_links},
    "DASHBOARD_CALLBACK": "tenants.dashboard.add_panels",
    "SIDEBAR": {"show_search": False, "navigation": merchant_sidebar},
    "LOGIN": {"form": "tenants.access.forms.SignInForm"},
}
PLATFORM_ADMIN: dict[str, Any] = {
    "SITE_TITLE": "Strata platform",
    "SITE_HEADER": "Strata platform",
    "SITE_SYMBOL": "layers",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": merchant_colors,  # of the platform's own row
    "STYLES": [stylesheet],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SIDEBAR": {"show_search": False, "navigation": platform_sidebar},
}
