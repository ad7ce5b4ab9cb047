"""The three shapes of a file of orders, and what each row becomes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from commerce.models import Customer, CustomerIdentity, CustomerMetrics, Order, OrderLine, Refund

LINES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,A1,Blue mug,2,2026-06-01 08:26:00,2.50,77,United Kingdom
1001,B2,Red mug,1,2026-06-01 08:26:00,3.00,77,United Kingdom
1002,A1,Blue mug,1,2026-06-02 23:30:00,2.50,,United Kingdom
C1003,A1,Blue mug,-1,2026-06-05 10:00:00,2.50,77,United Kingdom
"""


def test_a_row_per_line_becomes_orders_lines_guests_and_refunds(load):
    file = load(LINES)

    assert file.counts == {
        "customers_new": 1,
        "customers_changed": 0,
        "orders_new": 2,
        "orders_known": 0,
        "guest_orders": 1,
        "lines_new": 3,
        "refunds_new": 1,
        "events_new": 0,
        "rejected": 0,
    }
    orders = Order.objects.order_by("number").values_list(
        "number", "total", "spend", "items_count", "placed_at", "placed_on", "placed_hour"
    )
    assert list(orders) == [
        ("1001", Decimal("8.0000"), Decimal("8.0000"), Decimal("3.000"),
         datetime(2026, 6, 1, 7, 26, tzinfo=UTC), date(2026, 6, 1), 8),
        ("1002", Decimal("2.5000"), Decimal("2.5000"), Decimal("1.000"),
         datetime(2026, 6, 2, 22, 30, tzinfo=UTC), date(2026, 6, 2), 23),
    ]  # fmt: skip
    lines = OrderLine.objects.order_by("sku", "quantity").values_list(
        "sku", "product", "product_key", "quantity", "price", "line_total"
    )
    assert list(lines) == [
        ("A1", "Blue mug", "blue mug", 1, Decimal("2.5"), Decimal("2.5")),
        ("A1", "Blue mug", "blue mug", 2, Decimal("2.5"), Decimal("5")),
        ("B2", "Red mug", "red mug", 1, Decimal("3"), Decimal("3")),
    ]


def test_a_negative_invoice_lowers_spend_on_its_own_day_and_is_no_order(load):
    load(LINES)

    refund = Refund.objects.get()
    assert (refund.order_id, refund.amount, refund.spend, refund.refunded_on) == (
        None,
        Decimal("2.5"),
        Decimal("2.5"),
        date(2026, 6, 5),
    )
    metrics = CustomerMetrics.objects.get()
    assert (metrics.orders_count, metrics.spent, metrics.last_order_on) == (
        1,
        Decimal("5.5"),
        date(2026, 6, 1),
    )


def test_the_customer_has_the_files_id_and_country(load):
    load(LINES)

    identity = CustomerIdentity.objects.get()
    assert (identity.source, identity.external_id) == ("csv", "77")
    assert identity.customer.country == "GB"


def test_deductions_and_free_lines_stay_in_their_order(load):
    load(
        "order number,date,sku,quantity,unit price,customer id\n"
        "1,2026-06-01,A,2,5,77\n1,2026-06-01,B,-1,3,77\n1,2026-06-01,GIFT,1,0,77\n"
        "2,2026-06-02,FREE,1,0,77\n"
    )

    assert dict(Order.objects.values_list("number", "total")) == {"1": Decimal(7), "2": Decimal(0)}
    assert CustomerMetrics.objects.get().orders_count == 2
    assert not Refund.objects.exists()


def test_a_row_per_purchase_needs_three_columns(load):
    file = load("customer_id,date,amount\n7,2026-06-01,10.50\n7,2026-06-02,-4\n8,2026-06-02,0\n")

    assert (file.counts["orders_new"], file.counts["refunds_new"]) == (2, 1)
    spent = CustomerMetrics.objects.values_list("customer__identities__external_id", "spent")
    assert dict(spent) == {"7": Decimal("6.5"), "8": Decimal(0)}


def test_a_row_per_order_takes_the_parts_of_its_total(load):
    load(
        "order number,email,created at,subtotal,shipping,taxes,total,discount amount,"
        "discount code,refunded amount,financial status,tags\n"
        "#1,ann@example.test,2026-06-01 10:00:00 +0200,20.00,4.00,1.00,25.00,5.00,WELCOME,10.00,"
        'partially_refunded,"gift, web"\n'
    )

    order = Order.objects.get()
    assert (order.items_total, order.discount_total, order.shipping_total, order.tax_total) == (
        Decimal(25),
        Decimal(5),
        Decimal(4),
        Decimal(1),
    )
    assert (order.total, order.spend, order.refunded_total) == (
        Decimal(25),
        Decimal(20),
        Decimal(10),
    )
    assert (order.discount_codes, order.tags) == (["WELCOME"], ["gift", "web"])
    assert order.placed_at == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert order.customer.email == "ann@example.test"


def test_a_shop_platforms_export_tells_order_values_on_the_first_row_only(load, monkeypatch):
    monkeypatch.setattr("integrations.csv.chunks.CHUNK", 1)

    load(
        "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
        "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Id\n"
        "#1,ann@example.test,paid,GBP,18.00,3.00,0,21.00,2.00,2026-06-01 10:00:00 +0100,"
        "1,Mug,10.00,M,99\n"
        "#1,ann@example.test,,,,,,,,,2,Cup,5.00,C,\n"
    )

    order = Order.objects.get()
    assert (order.items_total, order.discount_total, order.total, order.spend) == (
        Decimal(20),
        Decimal(2),
        Decimal(21),
        Decimal(18),
    )
    assert order.lines.count() == 2


def test_rows_without_id_or_email_are_guest_orders_that_count_for_nobody(load):
    load("customer_id,date,amount\n,2026-06-01,10\n,2026-06-01,10\n")

    assert Order.objects.filter(customer=None).count() == 2
    assert not Customer.objects.exists()


def test_another_currency_is_held_out_unless_a_rate_is_given(load):
    text = "customer_id,date,amount,currency\n7,2026-06-01,10,GBP\n7,2026-06-02,20,EUR\n"

    load(text)
    held = list(Order.objects.order_by("total").values_list("excluded_as", "spend"))
    load(text, rates={"EUR": "0.85"}, timezone="Europe/London")

    assert held == [("", Decimal(10)), ("currency", Decimal(0))]
    assert list(Order.objects.order_by("total").values_list("total", "currency", "spend")) == [
        (Decimal(10), "GBP", Decimal(10)),
        (Decimal(17), "GBP", Decimal(17)),
    ]


def test_the_same_numbers_in_two_stores_are_two_orders(load):
    load("store,order number,date,total\nEast,1,2026-06-01,5\nWest,1,2026-06-01,6\n")

    assert Order.objects.count() == 2
