"""How lately and how often triggers have reached a customer."""

from django.db.models import IntegerField, Value
from django.db.models.functions import Coalesce

from segments.catalogue.columns import column
from segments.rules.fields import Field
from segments.rules.kinds import DAY, NUMBER

FACTS = frozenset({"contact"})  # marked by segments.actions.contact

FIELDS = (
    Field(
        "last_contacted_on",
        "Last contacted on",
        DAY,
        column("last_contact__contacted_on"),
        facts=FACTS,
        help="The day a trigger last reached them with a message. Unknown for who never was.",
    ),
    Field(
        "contacts_count",
        "Messages from triggers",
        NUMBER,
        lambda scope: Coalesce(
            column("last_contact__contacts_count")(scope), Value(0), output_field=IntegerField()
        ),
        phrase="messages from triggers",
        facts=FACTS,
        help="How often triggers have reached them with a message.",
    ),
)
