"""The facts' arithmetic once more, in plain Python: what SQL must equal."""

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT_OF_CENT = Decimal("0.0001")
OTHERS = ("by_hand", "sample")


def rounded(value):
    scaled = Decimal(value.numerator) / Decimal(value.denominator)
    return scaled.quantize(CENT_OF_CENT, ROUND_HALF_UP)


def reason(order, *, currency):
    if order.excluded_as in OTHERS:
        return order.excluded_as
    if order.is_test:
        return "test"
    if order.financial_status.lower() == "voided":
        return "voided"
    return "currency" if order.currency != currency else ""


def spend(order, *, policy, currency):
    if order.currency != currency:
        return Decimal(0)
    items = order.items_total - order.discount_total
    return {
        "items": items,
        "items_tax": items + order.tax_total,
        "items_tax_shipping": order.total,
    }[policy.spend]


def counts_until(order, refunds, *, policy, zone):
    days = []
    if order.cancelled_at and not policy.cancelled_count:
        days.append(order.cancelled_at.astimezone(zone).date())
    if not policy.fully_refunded_count:
        for day in sorted(refund.refunded_on for refund in refunds):
            back = sum(refund.amount for refund in refunds if refund.refunded_on <= day)
            if back > 0 and back >= order.total:
                days.append(day)
                break
    return min(days, default=None)


def known_part(refund, *, policy):
    if policy.spend == "items_tax_shipping" or refund.items_amount is None:
        return None
    return refund.items_amount + ((refund.tax_amount or 0) if policy.spend == "items_tax" else 0)


def parts(order, refunds, *, policy, currency):
    """Return refund id → the part that lowers spend, for the refunds of one order."""
    if order.total <= 0:
        return {refund.pk: Decimal(0) for refund in refunds}
    cap = Fraction(max(spend(order, policy=policy, currency=currency), Decimal(0)))
    total, so_far, found = Fraction(order.total), Fraction(0), {}
    for refund in sorted(refunds, key=lambda refund: (refund.refunded_at, refund.pk)):
        known = known_part(refund, policy=policy)
        share = Fraction(refund.amount) * min(cap, total) / total
        before, so_far = so_far, so_far + (share if known is None else Fraction(known))
        found[refund.pk] = rounded(min(so_far, cap)) - rounded(min(before, cap))
    return found


class Store:
    """All facts of a store, and the numbers as of any day."""

    def __init__(self, orders, refunds, *, policy, tenant):
        self.orders, self.policy, self.tenant = orders, policy, tenant
        self.refunds = defaultdict(list)
        for refund in refunds:
            self.refunds[refund.order_id].append(refund)
        self.heeded = {*policy.excluded_reasons, "currency"}

    def is_heeded(self, order):
        return reason(order, currency=self.tenant.currency) in self.heeded

    def counts(self, order, *, on):
        until = counts_until(
            order, self.refunds[order.pk], policy=self.policy, zone=self.tenant.zone
        )
        is_over = until is not None and until <= on
        return order.placed_on <= on and not is_over and not self.is_heeded(order)

    def flows(self, *, on):
        """Yield (customer, day, orders, brought, taken) of all that counts at `on`."""
        terms = {"policy": self.policy, "currency": self.tenant.currency}
        for order in self.orders:
            if self.counts(order, on=on):
                yield order.customer_id, order.placed_on, 1, spend(order, **terms), Decimal(0)
                taken = parts(order, self.refunds[order.pk], **terms)
                for refund in self.refunds[order.pk]:
                    yield order.customer_id, refund.refunded_on, 0, Decimal(0), taken[refund.pk]
        for refund in self.refunds[None]:
            is_foreign = refund.currency not in ("", self.tenant.currency)
            part = known_part(refund, policy=self.policy)
            part = refund.amount if part is None else part
            yield refund.customer_id, refund.refunded_on, 0, Decimal(0), 0 if is_foreign else part

    def given_back(self, customer_id, *, on):
        mine = [refund for refund in self.refunds[None] if refund.customer_id == customer_id]
        for order in self.orders:
            if order.customer_id == customer_id and not self.is_heeded(order):
                mine += self.refunds[order.pk]
        return sum((refund.amount for refund in mine if refund.refunded_on <= on), Decimal(0))

    def customer(self, customer_id, *, on):
        """Return one customer's metrics by column."""
        mine = [flow for flow in self.flows(on=on) if flow[0] == customer_id and flow[1] <= on]
        days = [day for _, day, orders, *_ in mine if orders]
        row = {
            "orders_count": len(days),
            "spent": sum((plus - minus for *_, plus, minus in mine), Decimal(0)),
            "refunded": self.given_back(customer_id, on=on),
            "first_order_on": min(days, default=None),
            "last_order_on": max(days, default=None),
        }
        for window in (365, 90, 30):
            recent = [flow for flow in mine if flow[1] >= on - timedelta(days=window)]
            row[f"orders_{window}"] = sum(orders for _, _, orders, *_ in recent)
            row[f"spent_{window}"] = sum((plus - minus for *_, plus, minus in recent), Decimal(0))
        return row

    def days(self, *, on):
        """Return day → (orders, spent, refunded, guest orders, guest spent, guest refunded)."""
        table = defaultdict(lambda: [0, Decimal(0), Decimal(0)] * 2)
        for customer_id, day, *amounts in self.flows(on=on):
            for column, amount in enumerate(amounts):
                table[day][column] += amount
                table[day][column + 3] += amount if customer_id is None else 0
        return {day: tuple(row) for day, row in table.items() if day <= on}
