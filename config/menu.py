"""The lines of the side bars: title, icon, address, and who sees them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A line of the side bar: shown to whoever holds one of `permissions`, once its page exists."""

    title: str
    icon: str
    url_name: str
    permissions: tuple[str, ...] = ()


MERCHANT_GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Overview",
        (
            Entry("Dashboard", "space_dashboard", "admin:index"),
            Entry("Inbox", "inbox", "admin:inbox", ("segments.view_task",)),
        ),
    ),
    (
        "Customers",
        (
            Entry(
                "Customers",
                "group",
                "admin:commerce_customer_changelist",
                ("commerce.view_customer",),
            ),
            Entry(
                "Orders",
                "receipt_long",
                "admin:commerce_order_changelist",
                ("commerce.view_order",),
            ),
            Entry("Duplicates", "join_inner", "admin:duplicates", ("commerce.change_customer",)),
        ),
    ),
    (
        "Segments",
        (
            Entry("RFM", "grid_view", "admin:rfm", ("segments.view_segment",)),
            Entry("Scores", "speed", "admin:score_lifecycle", ("segments.view_segment",)),
            Entry(
                "Segments",
                "donut_small",
                "admin:segments_segment_changelist",
                ("segments.view_segment",),
            ),
            Entry("Goals", "flag", "admin:goals", ("segments.view_segment",)),
            Entry("Weekly letter", "mail", "admin:digest", ("segments.view_segment",)),
            Entry("Library", "auto_stories", "admin:library", ("segments.view_segment",)),
            Entry("Playbooks", "menu_book", "admin:playbooks", ("segments.view_segment",)),
            Entry("Put to use", "handyman", "admin:uses", ("segments.view_segment",)),
            Entry("Sets", "low_priority", "admin:segment_sets", ("segments.view_segment",)),
            Entry("Promo codes", "sell", "admin:promo_codes", ("segments.view_promocode",)),
            Entry("Triggers", "bolt", "admin:triggers", ("segments.view_trigger",)),
            Entry("Scoring settings", "tune", "admin:scoring_settings", ("access.manage_scoring",)),
        ),
    ),
    (
        "Samples",
        (
            Entry("Samples", "redeem", "admin:samples", ("samples.view_sampleorder",)),
            Entry("Creators", "face", "admin:samples_creators", ("samples.view_creator",)),
            Entry("Requests", "inbox", "admin:samples_requests", ("samples.view_creator",)),
            Entry("To chase", "alarm", "admin:samples_chase", ("samples.view_creator",)),
            Entry("Posts", "play_circle", "admin:samples_posts", ("samples.view_creator",)),
            Entry("Usage rights", "copyright", "admin:samples_rights", ("samples.view_creator",)),
            Entry("Results", "insights", "admin:samples_products", ("samples.view_creator",)),
            Entry("By type", "bar_chart", "admin:samples_stats", ("samples.view_sampleorder",)),
            Entry(
                "Samples settings",
                "settings",
                "admin:samples_settings",
                ("samples.change_samplesettings",),
            ),
        ),
    ),
    (
        "Data",
        (
            Entry("Integrations", "hub", "admin:integrations"),
            Entry("Import", "upload_file", "admin:imports", ("access.import_data",)),
            Entry("Order policy", "rule", "admin:order_policy", ("access.manage_order_policy",)),
            Entry(
                "Who counts", "person_check", "admin:population", ("access.manage_order_policy",)
            ),
            Entry(
                "Custom attributes",
                "label",
                "admin:commerce_attributedefinition_changelist",
                ("commerce.view_attributedefinition",),
            ),
            Entry(
                "Facts from events",
                "flag",
                "admin:facts_from_events",
                ("commerce.change_attributedefinition",),
            ),
        ),
    ),
    (
        "Operation",
        (
            Entry("Jobs", "schedule", "admin:jobs", ("access.view_jobs",)),
            Entry("Audit", "history", "admin:audit", ("access.view_audit",)),
        ),
    ),
    (
        "Settings",
        (
            Entry("Merchant", "storefront", "admin:merchant_settings", ("access.manage_settings",)),
            Entry(
                "Contact and privacy",
                "shield_person",
                "admin:guard_rails",
                ("access.manage_settings",),
            ),
            Entry("Privacy", "policy", "admin:privacy", ("access.manage_privacy",)),
            Entry("Team", "groups", "admin:team", ("access.manage_team",)),
            Entry("Service keys", "key", "admin:service_keys", ("access.manage_keys",)),
            Entry("API", "api", "api_docs", ("access.manage_keys",)),
        ),
    ),
)


PLATFORM_GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Platform",
        (
            Entry("Overview", "space_dashboard", "admin:index"),
            Entry(
                "Merchants",
                "storefront",
                "admin:tenants_tenant_changelist",
                ("tenants.view_tenant",),
            ),
        ),
    ),
    (
        "Operation",
        (
            Entry("Status", "monitor_heart", "admin:status"),
            Entry("Runs", "play_circle", "admin:tenants_run_changelist", ("tenants.view_run",)),
            Entry(
                "Beat",
                "schedule",
                "admin:django_celery_beat_periodictask_changelist",
                ("django_celery_beat.view_periodictask",),
            ),
        ),
    ),
    ("People", (Entry("Users", "group", "admin:auth_user_changelist", ("auth.view_user",)),)),
)
