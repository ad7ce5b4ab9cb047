"""Which fields of this floor django-auditlog follows: no name, address or phone number."""

from auditlog.registry import auditlog

from commerce.models import AttributeDefinition, Customer, OrderPolicy, PopulationPolicy

auditlog.register(
    Customer,
    include_fields=[
        "is_vip",
        "loyalty_tier",
        "loyalty_points",
        "tags",
        "left_out_as",
        "left_out_by_hand",
        "merged_into",
        "erased_at",
    ],
)
auditlog.register(AttributeDefinition)
auditlog.register(OrderPolicy)
auditlog.register(PopulationPolicy, exclude_fields=["left_out_emails"])
