"""From a Shopify segment query: paste it, see what becomes of it, open it in the builder."""

import hashlib
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from integrations.shopify.parity.grammar import read_query
from integrations.shopify.parity.tokens import LONGEST, QueryError
from integrations.shopify.parity.translate import Translation, translate
from segments import sensitive
from segments.admin.builder_page import builder_context
from segments.admin.builder_reading import faults_of
from segments.catalogue import StoreCatalogue
from segments.definitions import speech
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from tenants.pages import Page, PageView, register
from tenants.schema import connection

EXAMPLE = "number_of_orders >= 2 AND last_order_date < -180d AND customer_countries CONTAINS 'US'"


class QueryForm(forms.Form):
    """The query as it stands in Shopify."""

    query = forms.CharField(
        label="Segment query",
        max_length=LONGEST,
        strip=True,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "class": "mono"}),
        help_text="In Shopify: open the segment and copy what stands in its editor.",
        error_messages={"required": "Paste a segment's query first."},
    )


class QueryPage(PageView):
    """One box, and below it what the rules say, what they cannot, and what is different."""

    template_name = "integrations/shopify_query.html"
    parent = "library"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        defaults = {"form": QueryForm(), "example": EXAMPLE, "told": None}
        return super().get_context_data(**defaults | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Translate the query; `action=open` goes on to the builder with it."""
        form = QueryForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        catalogue = StoreCatalogue()
        query = form.cleaned_data["query"]
        try:
            told = translate(read_query(query), has_field=lambda key: _knows(catalogue, key))
        except QueryError as error:
            form.add_error("query", f"Shopify would not take this query. {error}")
            return self.render_to_response(self.get_context_data(form=form), status=400)
        if request.POST.get("action") == "open" and told.rules is not None:
            return self._builder(request, query, told)
        shown = {"form": form, "told": told, **_said(told, catalogue)}
        return self.render_to_response(self.get_context_data(**shown))

    def _builder(self, request: HttpRequest, query: str, told: Translation) -> HttpResponse:
        """Show the builder of a new segment with the translated rule in it."""
        context = builder_context(
            None,
            schema=connection.tenant.schema_name,
            sees_sensitive=sensitive.may_use(request.user),
        )
        # A draft of its own in the browser: another unsaved segment must not take its place.
        mark = hashlib.sha256(query.encode()).hexdigest()[:12]
        draft = f"{context['start']['draft']}.shopify.{mark}"
        context["start"] |= {"rules": told.rules, "draft": draft}
        whole = (
            self.get_context_data() | context | {"title": "New segment from Shopify", "trail": []}
        )
        return render(request, "segments/builder.html", whole)


def _knows(catalogue: StoreCatalogue, key: str) -> bool:
    try:
        catalogue.field(key)
    except RuleError:
        return False
    return True


def _said(told: Translation, catalogue: StoreCatalogue) -> dict[str, Any]:
    """Return the rule as a sentence, or what the builder will find to mend in it."""
    if told.rules is None:
        return {"sentence": "", "faults": []}
    faults = faults_of(told.rules, catalogue)
    if faults:
        return {"sentence": "", "faults": [fault.message for fault in faults]}
    tree = parse(told.rules, catalogue)
    return {"sentence": sentence(tree, catalogue, speech()), "faults": []}


register(
    Page(
        "shopify_query",
        "From a Shopify segment query",
        "library/shopify-query/",
        QueryPage,
        "segments.add_segment",
    )
)
