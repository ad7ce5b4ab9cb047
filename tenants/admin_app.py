"""Django's admin application with the merchant's site as its default one."""

from django.contrib.admin.apps import AdminConfig


class MerchantAdminConfig(AdminConfig):
    """Listed in the place of `django.contrib.admin`."""

    default_site = "tenants.site.MerchantSite"
