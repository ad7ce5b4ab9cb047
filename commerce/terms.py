"""What a policy makes of an order, as SQL expressions over any row with an order's columns.

An ingest writes them with its first INSERT, settling with an UPDATE, a preview only reads them.
"""

from dataclasses import dataclass

from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import heeded_reasons
from tenants.schema import connection

_SPEND = {
    OrderPolicy.Spend.ITEMS: "{o}.items_total - {o}.discount_total",
    OrderPolicy.Spend.ITEMS_TAX: "{o}.items_total - {o}.discount_total + {o}.tax_total",
    OrderPolicy.Spend.ITEMS_TAX_SHIPPING: "{o}.total",
}


@dataclass(frozen=True)
class Terms:
    """A policy in a merchant's currency and zone, as SQL over rows with the columns of Order."""

    policy: OrderPolicy
    currency: str
    timezone: str

    def excluded_as(self, alias: str) -> sql.Composed:
        """Return the reason: what staff wrote, else test, voided, currency, sample, or ''.

        A sample that is also voided is voided: it must not count where the policy counts samples.
        """
        return self._format(
            "CASE WHEN {o}.excluded_as = 'by_hand' THEN 'by_hand'"
            " WHEN {o}.is_test THEN 'test'"
            " WHEN lower({o}.financial_status) = 'voided' THEN 'voided'"
            " WHEN {o}.currency <> {currency} THEN 'currency'"
            " WHEN {o}.excluded_as = 'sample' THEN 'sample' ELSE '' END",
            alias,
        )

    def spend(self, alias: str) -> sql.Composed:
        """Return what the order spent before refunds: 0 in a currency not the merchant's."""
        chosen = _SPEND[OrderPolicy.Spend(self.policy.spend)]
        return self._format(
            "CASE WHEN {o}.currency <> {currency} THEN 0 ELSE " + chosen + " END", alias
        )

    def cancelled_on(self, alias: str) -> sql.Composed:
        """Return the local day of the cancellation, if the policy heeds it."""
        if self.policy.cancelled_count:
            return sql.SQL("NULL::date").format()
        return self._format("({o}.cancelled_at AT TIME ZONE {zone})::date", alias)

    def may_count(self, alias: str) -> sql.Composed:
        """Return whether no heeded reason keeps the order out; what its lines repeat."""
        reasons = sql.Literal(heeded_reasons(self.policy))
        return sql.SQL("({} <> ALL({}::varchar[]))").format(self.excluded_as(alias), reasons)

    def _format(self, template: str, alias: str) -> sql.Composed:
        return sql.SQL(template).format(
            o=sql.Identifier(alias),
            currency=sql.Literal(self.currency),
            zone=sql.Literal(self.timezone),
        )


def current_terms() -> Terms:
    """Return the merchant's terms as they are saved."""
    tenant = connection.tenant
    return Terms(OrderPolicy.current(), tenant.currency, tenant.timezone)
