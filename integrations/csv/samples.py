# ruff: noqa: E501 - rows of tables
"""Small files to begin with, one for each kind."""

from dataclasses import dataclass

from integrations.csv.fields import Kind


@dataclass(frozen=True)
class Sample:
    """A file's rows, the header first."""

    key: str
    label: str
    rows: list[list[str]]


SAMPLES = {
    Kind.ORDERS.value: Sample(
        Kind.ORDERS.value,
        "Orders, one row per line",
        [
            ["order number", "date", "customer id", "email", "product", "sku", "quantity", "unit price"],
            ["1001", "2026-03-02 10:15", "77", "ann@example.com", "Blue mug", "MUG-B", "2", "12.50"],
            ["1001", "2026-03-02 10:15", "77", "ann@example.com", "Tea towel", "TOWEL", "1", "8.00"],
            ["1002", "2026-03-03 18:40", "78", "ben@example.com", "Blue mug", "MUG-B", "1", "12.50"],
            ["C1003", "2026-03-09 09:05", "77", "ann@example.com", "Blue mug", "MUG-B", "-1", "12.50"],
        ],
    ),
    Kind.CUSTOMERS.value: Sample(
        Kind.CUSTOMERS.value,
        "Customers",
        [
            ["customer id", "email", "first name", "last name", "country", "birthday", "newsletter", "tags", "attr.diet"],
            ["77", "ann@example.com", "Ann", "Ash", "GB", "1990-05-14", "yes", "wholesale, press", "vegan"],
            ["78", "ben@example.com", "Ben", "Birch", "DE", "1984-11-02", "no", "", ""],
        ],
    ),
    Kind.EVENTS.value: Sample(
        Kind.EVENTS.value,
        "Events",
        [
            ["event", "date", "customer id", "campaign"],
            ["email_opened", "2026-03-02 08:00", "77", "Spring news"],
            ["email_clicked", "2026-03-02 08:01", "77", "Spring news"],
        ],
    ),
}  # fmt: skip
