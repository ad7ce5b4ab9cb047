"""What this floor keeps of its own: imported files, connected stores, and how far each came."""

from integrations.models.imports import ImportFile, RejectedRow
from integrations.models.klaviyo_account import KlaviyoAccount
from integrations.models.klaviyo_import import KlaviyoImport
from integrations.models.klaviyo_list import KlaviyoList
from integrations.models.klaviyo_member import KlaviyoMember
from integrations.models.klaviyo_metric import KlaviyoMetric
from integrations.models.klaviyo_person import KlaviyoPerson
from integrations.models.klaviyo_property import KlaviyoProperty
from integrations.models.klaviyo_run import KlaviyoRefusal, KlaviyoRun
from integrations.models.late_line import ShopifyLateLine
from integrations.models.shopify_delivery import ShopifyDelivery, ShopifyHooks
from integrations.models.shopify_load import ShopifyLoad
from integrations.models.shopify_mirror import ShopifyMirror
from integrations.models.shopify_segment import (
    ShopifySegment,
    ShopifySegmentBudget,
    ShopifySegmentMember,
    ShopifySegmentMove,
)
from integrations.models.shopify_store import ShopifyStore
from integrations.models.skipped_record import SkippedRecord

__all__ = [
    "ImportFile",
    "KlaviyoAccount",
    "KlaviyoImport",
    "KlaviyoList",
    "KlaviyoMember",
    "KlaviyoMetric",
    "KlaviyoPerson",
    "KlaviyoProperty",
    "KlaviyoRefusal",
    "KlaviyoRun",
    "RejectedRow",
    "ShopifyDelivery",
    "ShopifyHooks",
    "ShopifyLateLine",
    "ShopifyLoad",
    "ShopifyMirror",
    "ShopifySegment",
    "ShopifySegmentBudget",
    "ShopifySegmentMember",
    "ShopifySegmentMove",
    "ShopifyStore",
    "SkippedRecord",
]
