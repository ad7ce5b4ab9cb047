"""The staging tables' columns and how each profile column of a customer is taken over."""

# Told by sources and kept on Customer as they are. Value: the type in the staging table.
PROFILE = {
    "first_name": "text",
    "last_name": "text",
    "email": "text",
    "phone": "text",
    "country": "text",
    "region": "text",
    "city": "text",
    "postal_code": "text",
    "latitude": "float8",
    "longitude": "float8",
    "language": "text",
    "birthday": "date",
    "customer_since": "timestamptz",
    "email_consent": "text",
    "email_consent_at": "timestamptz",
    "sms_consent": "text",
    "sms_consent_at": "timestamptz",
    "communication_channel": "text",
    "tags": "text[]",
    "is_vip": "boolean",
    "loyalty_tier": "text",
    "loyalty_points": "integer",
    "reviews_count": "integer",
    "referrals_count": "integer",
    "follows_social": "boolean",
}
# Folded copy → the column it follows. Folded in Python (commerce.keys), so they are staged too.
KEYS = {
    "email_key": "email",
    "phone_key": "phone",
    "region_key": "region",
    "city_key": "city",
    "tier_key": "loyalty_tier",
    "tag_keys": "tags",
}
DEFAULTS = {
    "email_consent": "'unknown'",
    "sms_consent": "'unknown'",
    "tags": "'{}'",
    "tag_keys": "'{}'",
    "is_vip": "false",
    "reviews_count": "0",
    "referrals_count": "0",
    "latitude": "NULL",
    "longitude": "NULL",
    "birthday": "NULL",
    "customer_since": "NULL",
    "email_consent_at": "NULL",
    "sms_consent_at": "NULL",
    "loyalty_points": "NULL",
    "follows_social": "NULL",
}  # every other column: ''

# `is_content`: `ref` is the content of a row without an id, to be numbered (occurrence.py).
PERSON = {
    "ref": "text",  # how the batch's other records name this person: the id, else the e-mail key
    "external_id": "text",
    "source_at": "timestamptz",
    "is_partial": "boolean DEFAULT false",
    **PROFILE,
    **{key: "text[]" if key == "tag_keys" else "text" for key in KEYS},
    "first_key": "text",
    "last_key": "text",
    "attributes": "jsonb",
}
ORDER_TOLD = {
    "number": "text",
    "store": "text",
    "email_key": "text",
    "currency": "text",
    "items_total": "numeric",
    "discount_total": "numeric",
    "tax_total": "numeric",
    "shipping_total": "numeric",
    "total": "numeric",
    "items_count": "numeric",
    "discount_codes": "text[]",
    "channel": "text",
    "source_name": "text",
    "app": "text",
    "tags": "text[]",
    "financial_status": "text",
    "fulfillment_status": "text",
    "is_test": "boolean",
    "cancelled_at": "timestamptz",
}
ORDER = {
    "row_no": "bigint",
    "ref": "text",
    "is_content": "boolean DEFAULT false",
    "person": "text",
    "placed_at": "timestamptz",
    "source_at": "timestamptz",
    **ORDER_TOLD,
}
LINE_TOLD = {
    "product": "text",
    "product_key": "text",
    "sku": "text",
    "category": "text",
    "category_key": "text",
    "vendor": "text",
    "quantity": "numeric",
    "price": "numeric",
    "discount": "numeric",
    "line_total": "numeric",
    "unit_cost": "numeric",
}
LINE = {"row_no": "bigint", "order_ref": "text", "line_key": "text", **LINE_TOLD}
REFUND = {
    "row_no": "bigint",
    "ref": "text",
    "is_content": "boolean DEFAULT false",
    "order_ref": "text",
    "person": "text",
    "amount": "numeric",
    "items_amount": "numeric",
    "tax_amount": "numeric",
    "currency": "text",
    "refunded_at": "timestamptz",
}
EVENT = {
    "row_no": "bigint",
    "ref": "text",
    "is_content": "boolean DEFAULT false",
    "person": "text",
    "name": "text",
    "occurred_at": "timestamptz",
    "properties": "jsonb",
}
