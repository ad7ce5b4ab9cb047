"""`segments/{id}/refresh/` and `segments/preview/`: counting again, and counting before saving."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.models import CustomerMetrics
from segments.api.finding import segment_of
from segments.api.refusals import refuse_contact, rules_at
from segments.asking_refresh import ask_refresh
from segments.definitions import REFRESH
from segments.patient_preview import TOO_SLOW, Found, preview_patiently
from segments.preview import Asked, Preview
from segments.rules.dump import dump
from segments.rules.sentence import sentence
from segments.services import own_ids
from tenants import jobs
from tenants.schema import connection
from tenants.web.answers import RunShape, amount
from tenants.web.bodies import Body, read_body
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView


class SegmentRefreshNow(ApiView):
    """Counting a segment's members again."""

    scopes = {"POST": ("segments:write",)}
    serializer_class = RunShape

    def post(self, request: Request, segment: str) -> Response:
        """Queue a computation; the segment's history tells when it is done."""
        row = segment_of(segment)
        run = ask_refresh(row)
        return Response({"run": RunShape(run).data}, status=202)


class SegmentRun(ApiView):
    """How far a computation is that was asked for."""

    scopes = {"GET": ("segments:read",)}
    serializer_class = RunShape

    def get(self, request: Request, run: int) -> Response:
        """Read a run: its state, and what went wrong if something did."""
        found = jobs.find(REFRESH, str(run))
        if found is None:
            raise Http404
        ended = {"finished_at": found.finished_at, "counts": found.counts, "error": found.error}
        return Response({**RunShape(found).data, **ended})


class RulesBody(Body):
    """A rule that is not saved."""

    rules = serializers.JSONField()


class SegmentPreview(ApiView):
    """Who an unsaved rule finds, within five seconds."""

    scopes = {"POST": ("segments:read",)}
    more_with = ("customers:contact", "segments:sensitive")
    serializer_class = RulesBody

    def post(self, request: Request) -> Response:
        """Count a rule: exactly, per node that has an id, with ten sample customers."""
        rules = read_body(RulesBody, request)["rules"]
        with rules_at("rules", rules):
            asked = Asked(rules, asker=request.user)
            refuse_contact(rules, request, under="rules")
            found = preview_patiently(asked)
        return Response(_told(asked, found, sees=sees_contact(request)))


def _told(asked: Asked, found: Found, *, sees: bool) -> dict[str, Any]:
    totals = found.totals
    return {
        "rules": dump(asked.tree, asked.catalogue),
        "sentence": sentence(asked.tree, asked.catalogue, asked.speech),
        "as_of": asked.scope.clock.as_of,
        "timezone": str(connection.tenant.timezone),
        "currency": connection.tenant.currency,
        "is_whole": found.is_whole,
        "slow": "" if totals else TOO_SLOW,
        **_totals(asked, totals),
        "nodes": [
            {"id": node.id, "customers": node.customers, "unknown": node.unknown}
            for node in found.nodes
        ],
        "samples": _samples(found, sees=sees),
    }


def _totals(asked: Asked, totals: Preview | None) -> dict[str, Any]:
    if totals is None:
        names = ("total", "base", "share", "reachable", "revenue", "never_bought")
        return dict.fromkeys(names) | {"warnings": []}
    return {
        "total": totals.total,
        "base": totals.base,
        "share": round(totals.total / totals.base, 6) if totals.base else 0.0,
        "reachable": totals.reachable,
        "revenue": amount(totals.revenue),
        "never_bought": totals.never_bought,
        "warnings": asked.warnings(totals),
    }


def _samples(found: Found, *, sees: bool) -> list[dict[str, Any]]:
    ids = own_ids([row.pk for row, _ in found.samples])
    return [_sample(row, why, ids, sees=sees) for row, why in found.samples]


def _sample(
    row: CustomerMetrics, why: list[str], ids: dict[int, str], *, sees: bool
) -> dict[str, Any]:
    told = {
        "id": row.pk,
        "customer_id": ids.get(row.pk, ""),
        "orders": row.orders_count,
        "spent": amount(row.spent),
        "last_order_on": row.last_order_on,
        "why": why,
    }
    return told | ({"name": row.customer.full_name, "email": row.customer.email} if sees else {})
