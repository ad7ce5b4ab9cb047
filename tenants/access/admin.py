"""The pages of the doors, mounted in the merchant's admin."""

from tenants.access.audit_page import AuditPage
from tenants.access.merchant import MerchantPage
from tenants.access.profile import ProfilePage
from tenants.access.retention_page import RetentionPage
from tenants.access.service_key_page import ServiceKeysPage, change_key
from tenants.access.team import (
    TeamPage,
    change_member,
    send_mail_again,
    withdraw_invitation,
)
from tenants.pages import Page, register

TEAM = "access.manage_team"
KEYS = "access.manage_keys"

register(Page("team", "Team", "team/", TeamPage, TEAM))
register(Page("team_member", "Member", "team/<int:pk>/", change_member, TEAM))
register(
    Page(
        "team_invitation",
        "Invitation",
        "team/invitations/<int:pk>/withdraw/",
        withdraw_invitation,
        TEAM,
    )
)
register(Page("team_mail", "Mail", "team/mails/<int:pk>/again/", send_mail_again, TEAM))
register(Page("profile", "Your profile", "profile/", ProfilePage))
register(Page("merchant_settings", "Merchant", "settings/", MerchantPage, "access.manage_settings"))
register(
    Page("retention", "Retention", "settings/retention/", RetentionPage, "access.manage_settings")
)
register(Page("audit", "Audit", "audit/", AuditPage, "access.view_audit"))
register(Page("service_keys", "Service keys", "service-keys/", ServiceKeysPage, KEYS))
register(Page("service_key", "Service key", "service-keys/<int:pk>/", change_key, KEYS))
