"""Making, changing, importing and deleting codes; versions; what names a segment; audiences."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from segments.models import PromoCode, PromoVersion
from segments.promotions.audience import audience
from segments.promotions.csv_file import Imported, UnreadableError, import_codes
from segments.promotions.drafts import Draft, draft_of
from segments.promotions.persons import by_number
from segments.promotions.redeeming import Use, redeem
from segments.promotions.saving import save_code, set_state
from segments.promotions.stages import stage_of
from segments.usages import InUse, delete_segment
from tests.segments.api_shop import make_segment, send
from tests.segments.promotions.shop import freeze, make_code, open_promo_shop
from tests.tenants.api_keys import api

NOW = timezone.now()
WRITE = ("promo:read", "promo:write")


def change(row, **options):
    draft = draft_of(row, row.sides.all())
    return save_code(Draft(**{**draft.__dict__, **options}), by=None, at=NOW, row=row)


def test_each_change_is_a_version_in_sentences(tenant):
    _, spenders, buyers = open_promo_shop()
    row = make_code(include=(spenders.pk,))

    change(row, value=Decimal("12.5"), include=(buyers.pk,), most_each=3)
    change(row, value=Decimal("12.50"), include=(buyers.pk,), most_each=3)

    versions = list(PromoVersion.objects.values_list("number", "difference"))
    assert versions == [
        (
            2,
            [
                "Discount: 10 % off → 12.5 % off.",
                "For: “Spenders” taken out.",
                "For: “Buyers” added.",
                "Uses per customer: no limit → 3.",
            ],
        ),
        (1, ["Made."]),
    ]
    assert LogEntry.objects.filter(additional_data__what="save_promo_code").count() == 1


def test_codes_are_compared_folded(tenant):
    make_code("Straße")

    with pytest.raises(ValidationError, match="There is a code"):
        make_code("STRASSE")

    assert PromoCode.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "box"),
    [
        ({"code": ""}, "code"),
        ({"code": "A B"}, "code"),
        ({"code": "A/B"}, "code"),
        ({"code": "eligibility"}, "code"),
        ({"code": ".."}, "code"),
        ({"code": "A", "value": "101"}, "value"),
        ({"code": "A", "value": "0"}, "value"),
        ({"code": "A", "discount": "free_shipping"}, "value"),
        ({"code": "A", "include": (1,), "exclude": (1,)}, "include"),
        ({"code": "A", "include": (999_999,)}, "include"),
        ({"code": "A", "most_each": 0}, "most_each"),
        ({"code": "A", "starts_at": NOW, "ends_at": NOW}, "ends_at"),
    ],
)
def test_what_no_code_can_be_is_refused_by_box(tenant, options, box):
    with pytest.raises(ValidationError) as refused:
        make_code(**options)

    assert list(refused.value.message_dict) == [box]
    assert not PromoCode.objects.exists()


def test_a_segment_that_a_code_names_is_not_deleted(tenant):
    _, spenders, buyers = open_promo_shop()
    make_code(include=(spenders.pk,), exclude=(buyers.pk,))

    for segment in (spenders, buyers):
        with pytest.raises(InUse, match="promo code “VIP10”"):
            delete_segment(segment, by=None)


def test_stages_say_where_a_code_stands(tenant):
    row = make_code(most_total=1)

    stages = [stage_of(row, at=NOW)]
    row.redeemed_count = 1
    stages.append(stage_of(row, at=NOW))
    row.starts_at = datetime(2099, 1, 1, tzinfo=UTC)
    stages.append(stage_of(row, at=NOW))
    row.starts_at, row.ends_at = None, datetime(2020, 1, 1, tzinfo=UTC)
    stages.append(stage_of(row, at=NOW))
    stages.append(stage_of(set_state(row, "off", by=None, at=NOW), at=NOW))

    assert stages == ["running", "used_up", "scheduled", "ended", "off"]


def test_an_audience_counts_everybody_once(tenant):
    _, spenders, buyers = open_promo_shop()  # Ada in both, Ben a buyer, Cleo in none

    def told(include, exclude, match="any"):
        found = audience([one.pk for one in include], [one.pk for one in exclude], match=match)
        return found.total, found.chosen, found.left_out, found.several

    assert told([spenders, buyers], []) == (2, 2, 0, 1)
    assert told([spenders, buyers], [], "all") == (1, 1, 0, 0)
    assert told([buyers], [spenders]) == (1, 2, 1, 0)
    assert told([], [spenders]) == (2, 3, 1, 0)
    assert told([], []) == (3, 3, 0, 0)


def test_an_idle_segment_adds_nobody_and_is_named(tenant):
    _, spenders, buyers = open_promo_shop()
    freeze(spenders, "archived")

    some = audience([spenders.pk, buyers.pk], [], match="any")
    every = audience([spenders.pk, buyers.pk], [], match="all")
    without = audience([buyers.pk], [spenders.pk], match="any")

    assert (some.total, [one.name for one in some.idle]) == (2, ["Spenders"])
    assert every.total == 0
    assert without.total == 1
    assert [(one.one.name, one.other.name, one.customers) for one in without.shared] == [
        ("Buyers", "Spenders", 1)
    ]


def test_the_list_costs_the_same_for_any_number(tenant):
    _, spenders, buyers = open_promo_shop()
    client = api(*WRITE)
    make_code("A", include=(spenders.pk,))
    client.get("/api/v1/promo-codes/")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/promo-codes/")
    for n in range(5):
        make_code(f"B{n}", include=(spenders.pk,), exclude=(buyers.pk,))

    with CaptureQueriesContext(connection) as six:
        told = client.get("/api/v1/promo-codes/").json()["results"]

    assert len(six) == len(one)
    assert len(told) == 6


def test_the_api_makes_changes_and_deletes(tenant):
    _, _, buyers = open_promo_shop()
    client = api(*WRITE)
    body = {"code": "Vip10", "value": "10", "include": ["spenders"], "exclude": [buyers.pk]}

    made = send(client, "post", "promo-codes/", body)
    changed = send(client, "patch", "promo-codes/VIP10/", {"value": "12.5", "version": 1})
    stale = send(client, "patch", "promo-codes/vip10/", {"value": "20", "version": 1})
    history = client.get("/api/v1/promo-codes/vip10/history/").json()["results"]
    gone = client.delete("/api/v1/promo-codes/vip10/")

    assert (made.status_code, changed.status_code, stale.status_code) == (201, 200, 409)
    assert gone.status_code == 204
    told = changed.json()
    assert (told["code"], told["value"], told["version"], told["stage"]) == (
        "Vip10",
        "12.5",
        2,
        "running",
    )
    assert [one["slug"] for one in told["include"]] == ["spenders"]
    assert [one["author"] for one in history] == ["Service key “Warehouse”"] * 2
    assert not PromoCode.objects.exists()


def test_a_code_that_was_used_is_archived_not_deleted(tenant):
    (ada, _, _), _, _ = open_promo_shop()
    make_code()
    redeem("vip10", Use("o1", by_number(ada.pk)), by="till", at=NOW)
    client = api(*WRITE)

    refused = client.delete("/api/v1/promo-codes/vip10/")
    archived = send(client, "patch", "promo-codes/vip10/", {"state": "archived"})

    assert (refused.status_code, archived.json()["stage"]) == (409, "archived")
    assert "Archive it instead" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"code": "A", "value": "10", "include": ["nobody"]}, ["include"]),
        ({"code": "A", "value": "10", "include": [True]}, ["include"]),
        ({"code": "A", "value": "10", "include": [2**70]}, ["include"]),
        ({"code": "A", "value": "ten"}, ["value"]),
        ({"code": "A", "value": "10", "colour": "red"}, ["colour"]),
        ({"code": "A", "value": "10", "ends_at": "soon"}, ["ends_at"]),
        ({"value": "10"}, ["code"]),
    ],
)
def test_a_code_that_cannot_be_read_is_refused_with_its_place(tenant, body, path):
    response = send(api(*WRITE), "post", "promo-codes/", body)

    assert (response.status_code, response.json()["errors"][0]["path"]) == (400, path)
    assert not PromoCode.objects.exists()


FILE = (
    "\ufeffcode;value;include;exclude;match;starts_at;ends_at;most_each;discount\r\n"
    "A1;10%;Spenders|buyers;;all;2026-06-01;2026-06-30;1;\r\n"
    "A2;;;spenders;;;;;free shipping\r\n"
    "\r\n"
    "'=A3;5;;;;;;;amount\r\n"
)
COMMON = Draft(code="", value=Decimal(20), unknown=PromoCode.Unknown.JUDGE)


def test_a_file_makes_codes_and_changes_them(tenant):
    _, spenders, buyers = open_promo_shop()

    first = import_codes(FILE.encode(), common=COMMON, by=None, at=NOW)
    again = import_codes(FILE.encode(), common=COMMON, by=None, at=NOW)
    other = import_codes(b"code,value\na1,11\n", common=COMMON, by=None, at=NOW)

    assert (first, again, other) == (Imported(3, 0, 0), Imported(0, 0, 3), Imported(0, 1, 0))
    a2 = PromoCode.objects.get(code_key="a2")
    assert draft_of(a2, a2.sides.all()) == Draft(
        code="A2",
        discount="free_shipping",
        exclude=(spenders.pk,),
        unknown="judge",
    )
    row = PromoVersion.objects.get(code__code_key="a1", number=1).definition
    assert (row["value"], row["include"], row["match"]) == ("10", [spenders.pk, buyers.pk], "all")
    # London's June days: from midnight to the end of the 30th, one hour before UTC's.
    assert (row["starts_at"], row["ends_at"]) == ("2026-05-31T23:00:00Z", "2026-06-30T23:00:00Z")
    assert PromoCode.objects.filter(code="=A3").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name\nA\n", "one of them is “code”"),
        (b"code,colour\nA,red\n", "no column “colour”"),
        (b"\xff\xfe", "not UTF-8"),
        (b"code\x00\n", "no text file"),
        (b"code,value\nGOOD,5\nBAD,much\n", "1 of 2 rows"),
        (b"code,include\nGOOD,nobody\n", "1 of 1 rows"),
    ],
)
def test_a_file_is_taken_whole_or_not_at_all(tenant, data, words):
    with pytest.raises(UnreadableError, match=words):
        import_codes(data, common=COMMON, by=None, at=NOW)

    assert not PromoCode.objects.exists()


def test_a_files_faults_name_their_lines(tenant):
    make_segment("Spenders")
    data = b"code,value,include\nA,5,spenders\nB,0,\nC,5,nobody\nA B,5,\n"

    with pytest.raises(UnreadableError) as refused:
        import_codes(data, common=COMMON, by=None, at=NOW)

    assert [line for line, _ in refused.value.faults] == [3, 4, 5]
