"""Shopify's ids as the sandbox gives them: each says by itself what it belongs to.

A household is a customer (or a guest) and all its orders. The number of an order holds the number
of its household, so that any order of ten million is found without a table.
"""

PREFIX = "gid://shopify/"
CUSTOMERS = 7_000_000_000_000
ORDERS = 5_500_000_000_000
LINES = 14_000_000_000_000
MOST_ORDERS = 128  # of one household
MOST_LINES = 8  # of one order


def gid(kind: str, number: int) -> str:
    """Return the id of object `number` of a kind: `gid://shopify/Customer/1`."""
    return f"{PREFIX}{kind}/{number}"


def read_gid(text: str) -> tuple[str, int]:
    """Return kind and number; raises ValueError when `text` is no id of Shopify's."""
    kind, _, number = text.removeprefix(PREFIX).partition("/")
    if not text.startswith(PREFIX) or not number.isascii() or not number.isdigit():
        raise ValueError(text)
    return kind, int(number)


def customer_number(household: int) -> int:
    """Return the number of a household's customer."""
    return CUSTOMERS + household


def order_number(household: int, place: int) -> int:
    """Return the number of a household's order at `place`."""
    return ORDERS + household * MOST_ORDERS + place


def household_of(kind: str, number: int) -> int:
    """Return the household that a customer or an order was made in; negative when in none."""
    if kind == "Customer":
        return number - CUSTOMERS
    return (number - ORDERS) // MOST_ORDERS
