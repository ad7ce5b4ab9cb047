"""A marketer builds the three worked examples by dragging; what is shown is what is stored."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from commerce.models import Consent
from segments.models import Segment
from segments.preview import Asked
from segments.refreshing import refresh_segment
from segments.services import local_today
from tenants.access.members import make_member
from tests.browsing import PASSWORD, enter, watch
from tests.commerce.factories import (
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    bring_up_to_date,
)

pytestmark = pytest.mark.browser
TREE = "JSON.stringify(Alpine.$data(document.querySelector('[x-data=builder]')).root)"


@pytest.fixture
def shop(committed_tenant):
    """One customer for each of the three examples, and three who miss them narrowly."""
    make_member("boss@acme.test", role="owner", name="Bo Boss", password=PASSWORD)
    bought(who("Winnie", tier="Bronze"), [(40, 90), (45, 90), (50, 90), (95, 90), (99, 90)])
    bought(who("Wallace", email=Consent.UNKNOWN), [(40, 150), (45, 150), (50, 150), (95, 150)])
    bought(who("Vera", tier="Gold"), [(200, 1200)])
    bought(who("Vince", tier="Platinum"), [(200, 1300)], product="Rioja", category="Wine")
    bought(who("Nadia"), [(2, 60)])
    bought(who("Noah"), [(2, 30)])
    bring_up_to_date(on=local_today())
    return committed_tenant


def who(name, *, tier="", email=Consent.SUBSCRIBED):
    return CustomerFactory(
        first_name=name, last_name="Marlow", loyalty_tier=tier, email_consent=email
    )


def bought(customer, orders, *, product="Bread", category="Bakery"):
    for days, total in orders:
        placed = timezone.now() - timedelta(days=days)
        order = OrderFactory(customer=customer, total=Decimal(total), placed_at=placed)
        OrderLineFactory(
            order=order,
            product=product,
            product_key=product.casefold(),
            category=category,
            category_key=category.casefold(),
        )


@pytest.fixture
def builder(shop, site, page):
    """The builder as a person uses it; it remembers what went wrong in the browser."""
    page.set_viewport_size({"width": 1400, "height": 1100})
    page.set_default_timeout(8_000)
    page.found = watch(page, kinds=BAD)
    page.home = enter(page, site, email="boss@acme.test")
    page.goto(f"{page.home}segments/segment/add/")
    yield page
    assert page.found == []


BAD = ("error", "warning")


def palette(page, key):
    return page.locator(f'[data-family] [data-key="{key}"]')


def the_list(page):
    return page.locator(".b-tree .b-list").first


def row(page, name):
    return page.get_by_role("group", name=name, exact=True)


def drag(page, source, target, *, part=0.5):
    """Drag as a hand does: the page moves under the pointer, so the aim is corrected."""
    source.scroll_into_view_if_needed()
    box = source.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 9, box["y"] + box["height"] / 2 + 9, steps=3)
    for steps in (10, 4, 4):
        box = target.bounding_box()
        page.mouse.move(
            box["x"] + box["width"] / 2 + steps, box["y"] + box["height"] * part, steps=steps
        )
        page.wait_for_timeout(150)
    page.mouse.up()
    page.wait_for_timeout(60)


def ask(page, key, name, comparison):
    """Drag a condition to the rule's end and choose its comparison; return its row."""
    drag(page, palette(page, f"field:{key}"), the_list(page), part=0.98)
    found = row(page, name)
    found.get_by_label("Comparison").select_option(label=comparison)
    return found


def fill(found, value):
    found.locator(".b-value input").first.fill(str(value))


def counted(page):
    """Wait until the count of what is in the tree stands there; return it."""
    page.wait_for_timeout(30)
    page.locator(".b-audience:not([aria-busy]) [data-total]").wait_for()
    return int(page.locator("[data-total]").inner_text().replace(",", ""))


def tree(page):
    return json.loads(page.evaluate(TREE))


def in_database(page):
    return Asked(tree(page), asker=None).totals().total


def save(page, name):
    page.get_by_role("button", name="Save …").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/\d+/change/"))
    return Segment.objects.get(name=name)


def test_the_win_back_campaign_is_built_by_dragging(builder):
    last = ask(builder, "last_order_date", "Last order", "is between … and … ago")
    last.get_by_label("From").fill("30")
    last.get_by_label("To").fill("60")
    drag(builder, palette(builder, "did:order"), the_list(builder), part=0.98)
    orders = row(builder, "Placed an order")
    orders.get_by_label("How often").select_option("measured")
    fill(orders.locator(".b-measure"), 2)
    orders.get_by_label("When").select_option("in_last")
    orders.locator(".b-window").get_by_label("How long").fill("90")
    fill(ask(builder, "total_spent", "Total spent", "is more than"), 200)
    consent = ask(builder, "email_consent", "E-mail consent", "is")
    consent.locator(".b-value select").select_option(label="Subscribed")

    found = counted(builder)

    assert found == in_database(builder) == 1
    assert builder.get_by_role("link", name=re.compile("^Winnie Marlow")).is_visible()
    assert save(builder, "Win-Back").members_count == 0  # the job counts


def test_the_vip_upsell_is_built_saved_reloaded_edited_and_undone(builder):
    fill(ask(builder, "total_spent", "Total spent", "is more than"), 1000)
    tier = ask(builder, "loyalty_tier", "Loyalty tier", "is any of")
    for name in ("Gold", "Platinum"):
        tier.get_by_label("Add to Loyalty tier").fill(name)
        builder.keyboard.press("Enter")
    drag(builder, palette(builder, "did:order_line"), the_list(builder), part=0.98)
    wine = row(builder, "Bought something")
    wine.get_by_label("How often").select_option("never")
    wine.get_by_label("Add a filter").select_option(label="Category")
    fill(row(builder, "Category"), "wine")
    assert counted(builder) == in_database(builder) == 1
    before = tree(builder)

    builder.reload()
    assert tree(builder) == before  # the draft
    segment = save(builder, "VIP Upsell")
    refresh_segment(segment, at=timezone.now(), cause="definition")
    assert Segment.objects.get().members_count == 1

    builder.goto(f"{builder.home}segments/segment/{segment.pk}/edit/")
    assert counted(builder) == 1
    fill(row(builder, "Total spent"), 1250)
    assert builder.locator("[data-total]").inner_text() in "01"
    builder.get_by_role("button", name="Undo").click()
    assert counted(builder) == 1
    builder.get_by_role("button", name="Redo").click()
    row(builder, "Bought something").get_by_label("How often").select_option("once")
    assert counted(builder) == in_database(builder) == 1  # Vince
    builder.get_by_role("button", name="Save …").click()
    impact = builder.locator("[data-impact]")
    assert "1 would enter; they have spent £1,300.00" in impact.inner_text()
    assert "1 would leave; they have spent £1,200.00" in impact.inner_text()
    builder.get_by_role("button", name="Save", exact=True).click()
    builder.wait_for_url(re.compile(r"/\d+/change/"))
    builder.get_by_role("link", name="History", exact=True).click()
    builder.wait_for_url(re.compile(r"tab=history"))
    assert builder.get_by_role("button", name="Restore version 1").is_visible()


def test_the_new_customer_nurture_is_built_by_dragging_between_groups(builder):
    first = ask(builder, "first_order_date", "First order", "is in the last …")
    first.get_by_label("How long").fill("7")
    fill(ask(builder, "average_order_value", "Average order value", "is more than"), 50)
    mail = ask(builder, "can_receive_email", "Can receive e-mail", "is yes")
    assert mail.locator(".b-value input").count() == 0
    assert counted(builder) == in_database(builder) == 1  # Nadia

    builder.get_by_role("button", name="+ Add a group").first.click()
    inner = builder.locator(".b-item .b-list")
    drag(builder, row(builder, "Average order value").locator(".b-handle"), inner)
    drag(builder, row(builder, "Can receive e-mail").locator(".b-handle"), inner, part=0.95)

    assert [rule.get("field") for rule in tree(builder)["rules"]] == ["first_order_date", None]
    assert [rule["field"] for rule in tree(builder)["rules"][1]["rules"]] == [
        "average_order_value",
        "can_receive_email",
    ]
    assert counted(builder) == in_database(builder) == 2  # Noah has consented as well

    drag(builder, builder.get_by_role("button", name=re.compile("^Move group")), first, part=0.1)
    assert "rules" in tree(builder)["rules"][0]  # the whole group stands first
    builder.locator(".b-item .b-logic").select_option("AND")
    assert counted(builder) == 1
    for _ in range(20):
        if builder.get_by_role("button", name="Undo").is_disabled():
            break
        builder.get_by_role("button", name="Undo").click()
    assert tree(builder)["rules"] == []


def test_everything_works_from_the_keyboard_and_is_announced(builder):
    def said(words):
        builder.get_by_role("status").filter(has_text=words).first.wait_for(state="attached")

    palette(builder, "field:city").focus()
    builder.keyboard.press("Enter")
    said("Added City to the rule.")
    expect(row(builder, "City").locator(".b-value input")).to_be_focused()
    builder.keyboard.type("Leeds")
    palette(builder, "field:country").focus()
    builder.keyboard.press("Enter")
    expect(row(builder, "Country").locator(".b-value input")).to_be_focused()
    builder.keyboard.type("GB")
    handle = builder.get_by_role("button", name=re.compile("^Move Country"))
    handle.focus()
    handle.press("ArrowUp")
    said("Moved up, to place 1 of 2.")
    handle.press("ArrowRight")
    said("Put into a group of its own.")
    assert tree(builder)["rules"][0]["rules"][0]["value"] == "GB"
    handle.press("ArrowLeft")
    said("Moved out, into the rule.")
    assert [rule["field"] for rule in tree(builder)["rules"]] == ["country", "city"]
    handle.press("Delete")
    said("Deleted Country. Undo brings it back.")
    builder.keyboard.press("Control+z")
    assert [rule["field"] for rule in tree(builder)["rules"]] == ["country", "city"]
    row(builder, "City").locator("summary").click()
    builder.get_by_role("button", name="Switch off").click()
    assert tree(builder)["rules"][1]["disabled"] is True


TYPED = '{"logic": "OR", "rules": [{"field": "total_spent", "operator": "gt", "value": "x"}]}'


def test_the_text_edits_the_same_tree_and_loses_nothing(builder):
    builder.get_by_role("button", name="As text").click()
    text = builder.get_by_label("The rule as text")

    text.fill('{"AND": [{"total_spent": {"gt": 1000}}, {"city": "York"}]}')
    row(builder, "City").wait_for()
    text.fill(TYPED[:-2])
    builder.get_by_text("This is no JSON yet").wait_for()
    assert [rule["field"] for rule in tree(builder)["rules"]] == ["total_spent", "city"]
    text.fill(
        '{"logic": "OR", "rules": [{"field": "total_spent", "operator": "gt", "value": "x"}]}'
    )

    box = row(builder, "Total spent").locator(".b-value input")
    builder.get_by_text("rules › 0 › value").wait_for()
    assert box.get_attribute("aria-invalid") == "true"
    assert tree(builder)["logic"] == "OR"


def test_a_late_answer_never_overwrites_a_newer_one(builder):
    held = []
    builder.route(
        "**/preview/", lambda route: held.append(route) if not held else route.continue_()
    )
    drag(builder, palette(builder, "field:total_spent"), the_list(builder))
    builder.wait_for_timeout(600)
    found = row(builder, "Total spent")
    found.get_by_label("Comparison").select_option("gt")
    fill(found, 1000)

    assert counted(builder) == 2
    held[0].fulfill(json={"errors": [{"path": [], "message": "too late"}]})
    builder.wait_for_timeout(200)
    assert counted(builder) == 2


@pytest.mark.parametrize("width", [1400, 400])
def test_the_builder_fits_the_screen(builder, width):
    builder.set_viewport_size({"width": width, "height": 900})
    builder.get_by_label("Add a condition to the rule").select_option(label="Loyalty tier")
    row(builder, "Loyalty tier").get_by_label("Comparison").select_option(label="is any of")
    builder.get_by_label("Add a condition to the rule").select_option(label="Bought something")
    builder.get_by_label("Add a filter").select_option(label="Category")

    assert builder.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


WIDGETS = """() => {
  const it = Alpine.$data(document.querySelector('[x-data=builder]')), missing = [];
  const look = (field, takes) => {
    const name = `b-box-${it.widgetFor(field, takes)}`;
    if (!document.getElementById(name)) missing.push(`${field.key} ${takes}`);
    return 1;
  };
  let seen = 0;
  const { behaviours, fields, kinds, windows } = it.words;
  const rows = Object.values(behaviours).flatMap((source) => Object.values(source.fields));
  for (const field of [...Object.values(fields), ...rows])
    for (const operator of kinds[field.kind].operators) seen += look(field, operator.takes);
  for (const window of windows) seen += look({ key: 'when', kind: 'moment' }, window.takes);
  return [seen > 500, missing];
}"""


def test_every_field_and_comparison_has_a_box(builder):
    assert builder.evaluate(WIDGETS) == [True, []]
