"""`promo-codes/` and `promo-codes/{code}/`: list, make, read, change, delete, history."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.text import fold
from segments.api.promo_bodies import PromoBody, PromoChange, draft_from
from segments.api.promo_shapes import PromoShape, PromoVersionShape, promo_json
from segments.models import PromoCode, PromoVersion
from segments.promotions.drafts import draft_of, with_segments
from segments.promotions.saving import ChangedMeanwhileError, UsedError, delete_code, save_code
from tenants.web.bodies import read_body
from tenants.web.problems import Fault, Problem, Refusal, invalid, translate
from tenants.web.views import ApiView

LONGEST_SEARCH = 64
NEWER = "This code was saved by somebody else since. Read it again."
translate(ChangedMeanwhileError, lambda _: Problem(409, NEWER, [Fault(NEWER, ("version",))]))
translate(UsedError, lambda error: Problem(409, str(error)))


def code_of(text: str) -> PromoCode:
    """Return the code that an address names; raise Http404."""
    found = with_segments(PromoCode.objects.filter(code_key=key_of(text))).first()
    if found is None:
        raise Http404
    return found


def key_of(text: str) -> str:
    """Return the folded code of an address; raise Http404 for what no code can be."""
    if "\0" in text or len(text) > 256:
        raise Http404
    return fold(text)


class PromoCodeList(ApiView):
    """All promo codes, newest first; a new one."""

    scopes = {"GET": ("promo:read",), "POST": ("promo:write",)}
    ordering = ("-pk",)
    serializer_class = PromoShape

    def get(self, request: Request) -> Response:
        """List promo codes; `?state=`, `?segment=` (an id) and `?search=` narrow the list."""
        at = timezone.now()
        return self.page(with_segments(_narrowed(request)), lambda row: promo_json(row, at=at))

    def post(self, request: Request) -> Response:
        """Make a promo code."""
        at = timezone.now()
        draft = draft_from(read_body(PromoBody, request))
        row = save_code(draft, by=request.user, at=at)
        return Response(promo_json(code_of(row.code), at=at), status=201)


class PromoCodeOne(ApiView):
    """One promo code; small and capital letters are the same."""

    scopes = {"GET": ("promo:read",), "PATCH": ("promo:write",), "DELETE": ("promo:write",)}
    serializer_class = PromoShape

    def get(self, request: Request, code: str) -> Response:
        """Read a promo code with its segments and how often it was used."""
        return Response(promo_json(code_of(code), at=timezone.now()))

    def patch(self, request: Request, code: str) -> Response:
        """Change what is sent; each change is a version."""
        at, row = timezone.now(), code_of(code)
        sent = read_body(PromoChange, request)
        draft = draft_from(sent, base=draft_of(row, row.sides.all()))
        version = sent.get("version", row.version)
        kept = save_code(draft, by=request.user, at=at, row=row, version=version)
        return Response(promo_json(code_of(kept.code), at=at))

    def delete(self, request: Request, code: str) -> Response:
        """Delete a code that was never used; archive one that was."""
        delete_code(code_of(code), by=request.user)
        return Response(status=204)


class PromoCodeHistory(ApiView):
    """What became of a promo code, newest first."""

    scopes = {"GET": ("promo:read",)}
    ordering = ("-number",)
    serializer_class = PromoVersionShape

    def get(self, request: Request, code: str) -> Response:
        """List the versions of a code."""
        rows = PromoVersion.objects.filter(code=code_of(code)).select_related("author")
        return self.page(rows, _version)


def _version(row: PromoVersion) -> dict[str, Any]:
    author = row.author
    name = (author.get_full_name() or author.username) if author else row.by or None
    told = {"number": row.number, "saved_at": row.saved_at, "author": name}
    return told | {"difference": row.difference, "definition": row.definition}


def _narrowed(request: Request) -> "QuerySet[PromoCode]":
    rows = PromoCode.objects.all()
    if state := request.query_params.get("state", ""):
        if state not in PromoCode.State.values:
            words = f"state is one of {', '.join(PromoCode.State.values)}."
            raise Refusal(invalid(Fault(words, ("state",))))
        rows = rows.filter(state=state)
    if segment := request.query_params.get("segment", ""):
        if not (segment.isascii() and segment.isdecimal() and len(segment) < 19):
            raise Refusal(invalid(Fault("segment is the id of one.", ("segment",))))
        rows = rows.filter(sides__segment_id=int(segment))
    if search := request.query_params.get("search", ""):
        if len(search) > LONGEST_SEARCH or "\0" in search:
            words = f"search is a text of {LONGEST_SEARCH} characters at most."
            raise Refusal(invalid(Fault(words, ("search",))))
        rows = rows.filter(Q(code_key__contains=fold(search)) | Q(description__icontains=search))
    return rows
