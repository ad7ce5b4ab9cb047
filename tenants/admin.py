"""The platform's own admin, on the bare domain."""

from unfold.sites import UnfoldAdminSite

from tenants.access.sign_in import GuardedSignIn


class PlatformSite(GuardedSignIn, UnfoldAdminSite):
    """Where the platform's staff create merchants and see how they are."""

    settings_name = "UNFOLD_PLATFORM"
    index_template = "tenants/platform_index.html"


platform_site = PlatformSite(name="platform")
