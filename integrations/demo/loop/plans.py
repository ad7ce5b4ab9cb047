"""What the subscription app sells, and what it can do."""

from integrations.demo.records import Product


def _plan(name: str, sku: str, dollars: int, *, category: str = "Subscription") -> Product:
    return Product(name, sku, category, "Loop", dollars * 100, dollars * 12)


PLANS = {
    "starter": _plan("Starter plan, one month", "SUB-STA", 19),
    "pro": _plan("Pro plan, one month", "SUB-PRO", 59),
    "enterprise": _plan("Enterprise plan, one month", "SUB-ENT", 249),
}
YEARLY = {  # ten months' price
    key: _plan(f"{plan.name.split(',')[0]}, one year", f"{plan.sku}-Y", plan.price // 10)
    for key, plan in PLANS.items()
}
EXTRAS = (
    _plan("Extra storage", "ADD-STO", 15, category="Add-ons"),
    _plan("Guest seats", "ADD-GUE", 25, category="Add-ons"),
    _plan("Onboarding workshop", "TRA-WOR", 180, category="Training"),
    _plan("Template pack", "TRA-TEM", 39, category="Training"),
)
SWAG = (
    _plan("Loop notebook", "SWA-NOT", 14, category="Swag"),
    _plan("Loop mug", "SWA-MUG", 12, category="Swag"),
    _plan("Loop tote", "SWA-TOT", 18, category="Swag"),
)
CORE_FEATURE = "boards"
FEATURES = (
    *(CORE_FEATURE, "timeline", "comments", "files", "search", "templates", "automations"),
    *("reports", "forms", "calendar", "goals", "whiteboard", "time tracking", "api"),
)
PREMIUM = ("automations", "reports", "goals", "time tracking", "api")
TOOLS = ("chat", "calendar", "code host", "drive", "spreadsheet")
