"""One bad row never stops a file: it is listed with its line and its reason."""

from commerce.models import Order
from integrations.csv import chunks, landing


def test_bad_rows_are_listed_with_line_and_reason_and_the_others_come_in(load):
    file = load(
        "order number,date,quantity,price,customer id\n"
        "1,2026-06-01,1,5,77\n"
        "2,2026-02-30,1,5,77\n"
        "3,2026-06-01,many,5,77\n"
        "4,2026-06-01,1,,77\n"
        ",2026-06-01,1,5,77\n"
        "5,,1,5,77\n"
        "6,2026-06-01,1,5,77,extra,fields\n"
        "7,2026-06-01,9999999,9999999999,77\n"
        "8,2026-06-01,1,5,a\0b\n"
        "9,2026-06-01,1,5,77\n"
    )

    assert list(file.rejected.order_by("line").values_list("line", "reason")) == [
        (3, "date and time “2026-02-30” is no date (Year first: 2024-03-31)"),
        (4, "quantity “many” is no number"),
        (5, "has no price"),
        (6, "has no order number"),
        (7, "has no date, nor has any row of its order"),
        (8, "has 7 fields where the header has 5"),
        (9, "quantity × price is too large"),
        (10, "holds a NUL byte, which is no text"),
    ]
    assert file.counts["rejected"] == 8
    assert set(Order.objects.values_list("number", flat=True)) == {"1", "9"}


def test_a_line_without_a_date_takes_its_orders(load, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1)

    file = load("order number,date,quantity,price\n1,2026-06-01,1,5\n1,,2,5\n")

    assert file.counts["rejected"] == 0
    assert Order.objects.get().total == 15


def test_a_row_the_database_cannot_hold_is_found_among_the_good_ones(load):
    huge = "".join(f"1,2026-06-01,1000,{9_000_000},7\n" for _ in range(1))
    # Each line is within bounds; their sum over one order is not.
    many = "".join(f"2,2026-06-01,9999999,1,7,{n}\n" for n in range(120))
    text = "order number,date,quantity,price,customer id,sku\n" + huge.replace(",7\n", ",7,A\n")

    file = load(text + many + "3,2026-06-01,1,5,7,B\n")

    assert Order.objects.filter(number__in=["1", "3"]).count() == 2
    assert file.counts["rejected"] + Order.objects.get(number="2").lines.count() == 120


def test_only_the_first_rejected_rows_are_kept_and_all_are_counted(load, monkeypatch):
    monkeypatch.setattr(landing, "KEPT_REJECTIONS", 3)
    monkeypatch.setattr(chunks, "CHUNK", 2)

    file = load("customer_id,date,amount\n" + "7,never,1\n" * 9 + "7,2026-06-01,1\n")

    assert file.counts["rejected"] == 9
    assert list(file.rejected.order_by("line").values_list("line", flat=True)) == [2, 3, 4]
