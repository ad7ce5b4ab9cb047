"""The pages of promo codes: what they show, what they save, for whom."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from segments.models import PromoCode, PromoVersion
from segments.promotions.drafts import draft_of
from segments.promotions.persons import by_number
from segments.promotions.redeeming import Use, redeem
from segments.promotions.stores import STORES, Place, Store, Way
from tests.segments.promotions.shop import make_code, open_promo_shop

LIST = "/admin/promo-codes/"
BOXES = {
    "code": "VIP10",
    "discount": "percentage",
    "value": "10",
    "match": "any",
    "unknown": "refuse",
    "state": "on",
}


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_list_is_empty_in_words_and_then_full(tenant, owner):
    assert "No promo codes yet" in text_of(owner.get(LIST))
    _, spenders, buyers = open_promo_shop()
    make_code(include=(spenders.pk,), exclude=(buyers.pk,), most_total=5)

    shown = text_of(owner.get(LIST))

    assert "VIP10" in shown
    assert "10 % off" in shown
    assert "of 5" in shown
    assert "No code fits" in text_of(owner.get(f"{LIST}?q=other"))
    assert "VIP10" in text_of(owner.get(f"{LIST}?q=ip1"))


def test_the_list_pages_by_the_last_code_seen(tenant, owner):
    for number in range(52):
        make_code(f"C{number:02}")

    with CaptureQueriesContext(connection) as seen:
        first = text_of(owner.get(LIST))
    older = text_of(owner.get(f"{LIST}?before={PromoCode.objects.get(code='C02').pk}"))

    assert ("C51" in first, "C01" in first, "Older codes" in first) == (True, False, True)
    assert ("C01" in older, "C02<" in older) == (True, False)
    assert len(seen) < 25


def test_the_form_makes_and_changes_a_code(tenant, owner):
    _, spenders, buyers = open_promo_shop()
    sides = {f"side-{spenders.pk}": "include", f"side-{buyers.pk}": "exclude"}

    made = owner.post(f"{LIST}add/", BOXES | sides | {"ends_at": "2026-12-24T18:00"})
    row = PromoCode.objects.get()
    edit = owner.get(f"{LIST}{row.pk}/edit/")
    changed = owner.post(f"{LIST}{row.pk}/edit/", BOXES | {"version": "1", "value": "12.5"})
    stale = owner.post(f"{LIST}{row.pk}/edit/", BOXES | {"version": "1"})

    assert made.url == changed.url == f"{LIST}{row.pk}/"
    assert 'value="2026-12-24T18:00"' in text_of(edit)
    assert stale.status_code == 400
    assert "Somebody saved this code meanwhile" in text_of(stale)
    draft = draft_of(PromoCode.objects.get(), row.sides.all())
    assert (str(draft.value.normalize()), draft.include, draft.ends_at) == ("12.5", (), None)
    author = PromoVersion.objects.values_list("author__username", flat=True)
    assert list(author) == ["owner", "owner"]


def test_a_fault_stands_at_its_box_and_keeps_what_was_chosen(tenant, owner):
    _, spenders, _ = open_promo_shop()

    refused = owner.post(f"{LIST}add/", BOXES | {"value": "200", f"side-{spenders.pk}": "include"})

    shown = text_of(refused)
    assert refused.status_code == 400
    assert "A discount is 100 percent at most." in shown
    assert '<option value="include" selected>' in shown
    assert not PromoCode.objects.exists()


def test_the_audience_follows_the_form(tenant, owner):
    _, spenders, buyers = open_promo_shop()
    sides = {f"side-{buyers.pk}": "include", f"side-{spenders.pk}": "exclude"}

    shown = text_of(owner.post(f"{LIST}audience/", {"match": "any"} | sides))

    assert '<div class="figure-value">1</div>' in shown
    assert "“Buyers” and “Spenders” share" in shown


def test_the_page_of_a_code_tells_uses_and_history_and_tries_a_customer(tenant, owner, member):
    (ada, ben, _), spenders, _ = open_promo_shop()
    row = make_code(include=(spenders.pk,))
    redeem("vip10", Use("order-1", by_number(ada.pk)), by="till", at=timezone.now())

    shown = text_of(owner.get(f"{LIST}{row.pk}/"))
    yes = text_of(owner.get(f"{LIST}{row.pk}/?who=ada@shop.test"))
    no = text_of(owner.get(f"{LIST}{row.pk}/?who={ben.pk}"))
    hidden = text_of(member("viewer").get(f"{LIST}{row.pk}/?who=ada@shop.test"))

    assert "order-1" in shown
    assert "Made." in shown
    assert "Connect Shopify first" in shown
    assert "They are in “Spenders”." in yes
    assert "They are not in “Spenders”." in no
    assert "Your role does not show e-mail addresses" in hidden
    assert "ada@shop.test" not in shown


def test_a_code_is_switched_off_by_whoever_may(tenant, owner, member):
    row = make_code()

    owner.post(f"{LIST}{row.pk}/", {"step": "off"})
    refused = member("viewer").post(f"{LIST}{row.pk}/", {"step": "on"})

    assert refused.status_code == 403
    assert PromoCode.objects.get().state == "off"


def test_a_used_code_is_not_deleted_by_its_button(tenant, owner):
    (ada, _, _), _, _ = open_promo_shop()
    row, other = make_code(), make_code("OTHER")
    redeem("vip10", Use("order-1", by_number(ada.pk)), by="till", at=timezone.now())

    for pk in (row.pk, other.pk):
        owner.post(f"{LIST}{pk}/edit/", {"step": "delete"})

    assert list(PromoCode.objects.values_list("code", flat=True)) == ["VIP10"]


def test_a_file_is_imported_or_its_faults_are_told(tenant, owner):
    boxes = {name: BOXES[name] for name in ("discount", "value", "unknown", "state")}
    good = SimpleUploadedFile("codes.csv", b"code\nA\nB\n")
    bad = SimpleUploadedFile("codes.csv", b"code,value\nC,5\nD,much\n")

    taken = owner.post(f"{LIST}import/", boxes | {"file": good})
    refused = owner.post(f"{LIST}import/", boxes | {"file": bad})

    assert taken.url == LIST
    assert "“much” is no number." in text_of(refused)
    assert sorted(PromoCode.objects.values_list("code", flat=True)) == ["A", "B"]


def test_a_connected_shop_system_offers_its_ways(tenant, owner, monkeypatch):
    pushed = []
    store = Store(
        key="probe",
        label="Probe",
        is_connected=lambda: True,
        ways=lambda row: [Way("segments", "For its segments", ""), Way("tag", "Tag", "", "No.")],
        push=lambda row, way: pushed.append((row.code, way)),
        place=lambda row: Place("made there"),
    )
    monkeypatch.setattr(STORES, "_entries", {"probe": store})
    row = make_code()

    shown = text_of(owner.get(f"{LIST}{row.pk}/"))
    for way in ("probe:segments", "probe:tag", "other:segments"):
        owner.post(f"{LIST}{row.pk}/", {"step": "push", "way": way})

    assert "made there" in shown
    assert pushed == [("VIP10", "segments")]


def test_a_stranger_sees_no_code(tenant, owner, other_tenant):
    connection.set_tenant(other_tenant)
    row = make_code("GLOBEX")
    connection.set_tenant(tenant)

    assert owner.get(f"{LIST}{row.pk}/").status_code == 404
    assert "GLOBEX" not in text_of(owner.get(LIST))


def test_a_segments_page_names_the_codes_that_use_it(tenant, owner):
    _, spenders, _ = open_promo_shop()
    make_code(include=(spenders.pk,))

    assert "VIP10" in text_of(owner.get(f"/admin/segments/segment/{spenders.pk}/remove/"))
