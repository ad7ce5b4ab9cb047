"""Who a customer is."""

from typing import Any

from django.db.models import CharField, F, IntegerField, Q, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import ExtractYear, Greatest, Left, Length, Lower, RTrim

from commerce.models import Consent
from segments.catalogue.columns import SplitPart, column
from segments.rules.fields import Field
from segments.rules.kinds import (
    ANNIVERSARY,
    CHOICE,
    CODE,
    DAY,
    LIST,
    NUMBER,
    PLACE,
    TEXT,
    YES_NO,
)
from segments.rules.kinds.spelt import SPELT_TEXT
from segments.rules.scope import Scope


def _age(scope: Scope) -> Any:
    """Whole years; who is born on 29 February grows older on 1 March of common years."""
    today = scope.clock.today
    born = F("birthday")
    had_birthday = Q(birthday__month__lt=today.month) | Q(
        birthday__month=today.month, birthday__day__lte=today.day
    )
    years = Value(today.year) - ExtractYear(born)
    return Case(
        When(birthday__isnull=True, then=Value(None)),
        When(had_birthday, then=years),
        default=years - Value(1),
        output_field=IntegerField(),
    )


def _domain(scope: Scope) -> Any:
    key = F("customer__email_key")
    return SplitPart(key, Value("@"), Value(2), output_field=CharField())


def _first_name(scope: Scope) -> Any:
    """What stands before the last name in the folded full name."""
    whole, last = F("customer__name_key"), F("customer__last_name_key")
    return RTrim(Left(whole, Greatest(Length(whole) - Length(last), Value(0))))


def _postal_code(scope: Scope) -> Any:
    """Letters A to Z in small ones, as a folded value is; digits stay."""
    return Lower(F("customer__postal_code"))


def _reachable(consent: str, address: str) -> Any:
    return lambda scope: Case(
        When(Q(**{consent: Consent.SUBSCRIBED}) & ~Q(**{address: ""}), then=Value(True)),
        default=Value(False),
    )


def consents() -> list[tuple[str, str]]:
    """Return the states a consent may have."""
    return [(str(key), str(label)) for key, label in Consent.choices]


FIELDS = (
    Field("email", "E-mail", TEXT, column("customer__email_key"), phrase="e-mail"),
    Field("email_domain", "E-mail domain", TEXT, _domain, phrase="e-mail domain"),
    Field("phone", "Phone", TEXT, column("customer__phone_key"), help="Digits only."),
    Field("first_name", "First name", TEXT, _first_name),
    Field("last_name", "Last name", TEXT, column("customer__last_name_key")),
    Field("country", "Country", CODE, column("country"), help="Two letters: GB, US."),
    Field("region", "Region", TEXT, column("region_key")),
    Field("city", "City", TEXT, column("city_key")),
    Field("postal_code", "Postal code", TEXT, _postal_code),
    Field(
        "location",
        "Location",
        PLACE,
        lambda scope: (F("customer__latitude"), F("customer__longitude")),
        is_sensitive=True,
    ),
    Field("language", "Language", TEXT, column("language")),
    Field("birthday", "Birthday", ANNIVERSARY, column("birthday")),
    Field("age", "Age", NUMBER, _age, is_temporal=True, is_sensitive=True),
    Field("tags", "Tags", LIST, column("tag_keys")),
    Field("is_vip", "VIP", YES_NO, column("is_vip"), phrase="VIP"),
    Field("loyalty_tier", "Loyalty tier", TEXT, column("tier_key")),
    Field("loyalty_points", "Loyalty points", NUMBER, column("customer__loyalty_points")),
    Field("customer_since", "Customer since", DAY, column("since_on")),
    Field("email_consent", "E-mail consent", CHOICE, column("email_consent"), choices=consents),
    Field("sms_consent", "SMS consent", CHOICE, column("sms_consent"), choices=consents),
    Field(
        "can_receive_email",
        "Can receive e-mail",
        YES_NO,
        _reachable("email_consent", "customer__email_key"),
    ),
    Field(
        "can_receive_sms",
        "Can receive SMS",
        YES_NO,
        _reachable("sms_consent", "customer__phone_key"),
    ),
    Field(
        "communication_channel",
        "Preferred way to hear from us",
        SPELT_TEXT,
        column("customer__communication_channel"),
        spelling="customer.communication_channel",
    ),
    Field("reviews_count", "Reviews", NUMBER, column("customer__reviews_count")),
    Field("referrals_count", "Referrals", NUMBER, column("customer__referrals_count")),
    Field(
        "follows_social", "Follows us on social media", YES_NO, column("customer__follows_social")
    ),
)
