"""Which events tell a fact about the customer: a small table of mappings and a form for another."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect

from commerce import attributes, facts_told
from commerce.event_words import label_of
from commerce.models import AttributeDefinition, EventName, FactMapping
from tenants import jobs
from tenants.pages import Page, PageView, register

BOXES = ("event", "attribute", "prop", "constant")


class FactsPage(PageView):
    template_name = "commerce/facts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definitions = {row.key: row for row in AttributeDefinition.objects.all()}
        return super().get_context_data(
            mappings=[_line(row, definitions) for row in FactMapping.objects.all()],
            events=list(EventName.objects.order_by("label")),
            attributes=list(definitions.values()),
            job=jobs.latest(facts_told.JOB),
            **{"told": {}, "errors": {}} | kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add a mapping, or take one away."""
        if (asked := request.POST.get("remove", "")) != "":
            mapping = (
                FactMapping.objects.filter(pk=int(asked)).first() if asked.isdecimal() else None
            )
            if mapping is None:
                raise Http404
            facts_told.withdraw(mapping, by=request.user)
            messages.success(request, "Taken away. What it has told so far stays.")
            return HttpResponseRedirect(request.path)
        told = {name: request.POST.get(name, "").strip() for name in BOXES}
        try:
            facts_told.declare(**told, by=request.user)
        except ValidationError as error:
            context = self.get_context_data(told=told, errors=error.message_dict)
            return self.render_to_response(context)
        messages.success(request, "Saved. It holds for new events, and for those there are.")
        return HttpResponseRedirect(request.path)


def _line(row: FactMapping, definitions: dict[str, AttributeDefinition]) -> dict[str, Any]:
    definition = definitions.get(row.attribute)
    return {
        "row": row,
        "event": label_of(row.event),
        "attribute": definition.label if definition else row.attribute,
        "value": f"its {row.property}" if row.property else attributes.show(row.constant),
    }


register(
    Page(
        "facts_from_events",
        "Facts from events",
        "facts-from-events/",
        FactsPage,
        "commerce.change_attributedefinition",
    )
)
