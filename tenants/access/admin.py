"""The pages of the doors, mounted in the merchant's admin."""

from tenants.access.audit_page import AuditPage
from tenants.access.merchant import MerchantPage
from tenants.access.profile import ProfilePage
from tenants.access.team import TeamPage, change_member, withdraw_invitation
from tenants.pages import Page, register

TEAM = "access.manage_team"

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
register(Page("profile", "Your profile", "profile/", ProfilePage))
register(Page("merchant_settings", "Merchant", "settings/", MerchantPage, "access.manage_settings"))
register(Page("audit", "Audit", "audit/", AuditPage, "access.view_audit"))
