"""The creators list: who they are, and what came of each."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from commerce.admin.contact import sees_contact
from commerce.admin.keyset import Sort, page_of
from samples.admin.creator_frame import LOOK, CreatorPageView, creator_name, typed
from samples.creators.figures import per_post
from samples.creators.lookup import creators_matching
from samples.models import Creator, CreatorHandle, LinkSuggestion, Platform
from tenants.pages import Page, register

PAGE_SIZE = 50
SORTS = {
    sort.key: sort
    for sort in (
        Sort("name", "Name", "name_key", descending=False),
        Sort("revenue", "Most revenue", "revenue"),
        Sort("orders", "Most orders", "orders_count"),
        Sort("posts", "Most posts", "posts_count"),
        Sort("samples", "Most samples", "samples_count"),
        Sort("cost", "Highest cost", "cost"),
        Sort("new", "Newest here", "pk"),
    )
}


class CreatorFilters(forms.Form):
    """What the list may be narrowed to."""

    q = forms.CharField(required=False, max_length=254, label="Search")
    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *Creator.Status.choices], label="Status"
    )
    platform = forms.ChoiceField(
        required=False, choices=[("", "Any platform"), *Platform.choices], label="Platform"
    )


class CreatorsPage(CreatorPageView):
    """Creators by keyset pages."""

    template_name = "samples/creators.html"
    parent = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sees = sees_contact(self.request)
        filters = CreatorFilters(self.request.GET)
        is_readable = filters.is_valid()
        # In the order of their names nobody is nameless.
        sorts = {key: sort for key, sort in SORTS.items() if sees or key != "name"}
        sort = sorts.get(self.request.GET.get("sort", ""), SORTS["name" if sees else "new"])
        rows = narrow(filters.cleaned_data if is_readable else {}, sees=sees)
        cursor = typed(self.request.GET, "page")
        page = page_of(rows, sort=sort, cursor=cursor, size=PAGE_SIZE)
        waiting = LinkSuggestion.objects.filter(state=LinkSuggestion.State.OPEN)
        return super().get_context_data(
            filters=filters,
            is_asked=is_readable and any(filters.cleaned_data.values()),
            sort=sort,
            sorts=list(sorts.values()),
            rows_page=page,
            lines=lines(page.rows, sees=sees),
            suggestions_count=waiting.count(),
            **kwargs,
        )


def narrow(asked: dict[str, Any], *, sees: bool) -> "QuerySet[Creator]":
    """Return the creators that the filters describe."""
    rows = Creator.objects.all()
    if asked.get("q"):
        rows = creators_matching(asked["q"], sees_contact=sees)
    if asked.get("status"):
        rows = rows.filter(status=asked["status"])
    if asked.get("platform"):
        known = CreatorHandle.objects.filter(platform=asked["platform"])
        rows = rows.filter(pk__in=known.values("creator"))
    return rows


def lines(creators: Any, *, sees: bool) -> list[dict[str, Any]]:
    """Return the rows as they are shown: one query for all handles."""
    creators = list(creators)
    handles: dict[int, list[CreatorHandle]] = {}
    for handle in CreatorHandle.objects.filter(creator__in=creators).order_by("platform", "pk"):
        handles.setdefault(handle.creator_id, []).append(handle)
    return [
        {
            "creator": creator,
            "name": creator_name(creator, sees=sees),
            "handles": handles.get(creator.pk, []),
            "per_post": per_post(creator),
        }
        for creator in creators
    ]


register(
    Page(
        key="samples_creators",
        label="Creators",
        path="samples/creators/",
        view=CreatorsPage,
        permission=LOOK,
    )
)
